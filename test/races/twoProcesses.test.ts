import { randomUUID } from 'node:crypto';
import type { HostProcess } from '../../local/host/startHostProcess.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { post, startHostProcesses, tally, type Answer } from './hostProcesses.ts';

let cloud: TestCloud;
let hosts: HostProcess[];

beforeAll(async () => {
  cloud = await startTestCloud();
  hosts = await startHostProcesses(cloud, 2);
});

afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await cloud.stop();
});

/** Sends the same request many times at once, to both processes in turn. */
function storm(count: number, path: string, body: unknown): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const host = hosts[index % hosts.length];
      if (!host) throw new Error('no host');
      return post(host, path, body);
    }),
  );
}

// The first storm meets two cold processes, the second two warm ones.
test.each(['cold', 'warm'])('a hundred issues on one id at once make one guest, in %s processes', async () => {
  const applicationSessionId = randomUUID();
  const answers = await storm(100, '/api/v1/anonymous-tokens', { meetingUrl, applicationSessionId });
  expect(tally(answers)).toEqual({ 201: 1, 200: 99 });

  const guestId = guestIdOf(applicationSessionId);
  const rows = (await cloud.rows('guests')).filter(({ partitionKey }) => partitionKey === guestId);
  expect(rows).toEqual([expect.objectContaining({ rowKey: 'guest', state: 'active', rejoinCount: 99 })]);
  const entries = (await cloud.rows('meetingGuests')).filter(({ rowKey }) => rowKey === guestId);
  expect(entries).toHaveLength(1);

  const { issued } = cloud.simulator.world.platform;
  const forTheGuest = new Set(issued.slice(-100).map((token) => token.applicationSessionId));
  expect(forTheGuest).toEqual(new Set([applicationSessionId]));
  const given = new Set(answers.map(({ json }) => json['token']));
  const made = new Set(issued.map(({ token }) => token));
  expect([...given].every((token) => made.has(String(token)))).toBe(true);
});

test('a hundred rejoins of one guest at once are counted one by one', async () => {
  const applicationSessionId = randomUUID();
  await storm(1, '/api/v1/anonymous-tokens', { meetingUrl, applicationSessionId });
  const answers = await storm(100, '/api/v1/rejoin-tokens', { applicationSessionId });
  expect(tally(answers)).toEqual({ 200: 100 });
  const counts = answers.map(({ json }) => Number(json['rejoinCount'])).sort((a, b) => a - b);
  expect(counts).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});
