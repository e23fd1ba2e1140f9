import { randomUUID } from 'node:crypto';
import type { Service } from '../../../lib/service.ts';
import type { CreatedMeeting } from '../../../lib/meetings/createMeeting.ts';
import { SecretScan } from '../../secrecy/secretScan.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { ringLine } from '../sealing/ringKeys.ts';

let cloud: TestCloud;
let key: string;

beforeAll(async () => {
  cloud = await startTestCloud();
});

beforeEach(async () => {
  await cloud.simulator.world.reset();
  setRing('k1');
  key = randomUUID();
});

afterAll(() => cloud.stop());

const setRing = (...kids: string[]): void => {
  cloud.simulator.world.secrets.set('guest-keys', kids.map((kid) => ringLine(kid)).join('\n'));
};
const subject = 'A loan for Jane Doe, Friday at ten';
const create = (app: Service, caller = ''): Promise<CreatedMeeting> =>
  app.createMeeting(
    { subject, description: 'She is behind with the old one', attendees: ['sip:advisor.one@contoso.example'] },
    { caller, key },
    AbortSignal.timeout(15_000),
  );
const made = () => cloud.simulator.world.platform.meetings;
const rows = () => cloud.rows('meetingRequests');

test('the row tells neither what was asked, nor the meeting, nor the key: under way or done', async () => {
  const scan = new SecretScan();
  const caller = randomUUID();
  scan.add('the key', key);
  scan.add('the caller', caller);
  scan.add('the subject', subject);
  scan.add('the description', 'She is behind with the old one');
  scan.add('the attendee', 'sip:advisor.one@contoso.example');
  const before = await rows();
  const newRows = async () =>
    (await rows()).filter(({ rowKey, partitionKey }) =>
      before.every((row) => row['partitionKey'] !== partitionKey || row['rowKey'] !== rowKey),
    );

  cloud.simulator.world.faults.set('platform.meetings', { cut: 'before-answer', times: 1 });
  await expect(create(cloud.newApp(), caller)).rejects.toMatchObject({ code: 'platform-unavailable' });
  const underWay = await newRows();
  expect(underWay).toMatchObject([{ rowKey: 'request', state: 'claimed' }]);
  const later = cloud.newApp({}, () => Date.now() + 61_000);
  const { meetingUrl, onlineMeetingUri, organizerUri } = await create(later, caller);
  scan.add('the meeting URL', meetingUrl);
  scan.add('the conference', onlineMeetingUri ?? '');
  scan.add('the organizer', organizerUri ?? '');
  const done = await newRows();
  expect(done).toMatchObject([{ rowKey: 'request', state: 'done' }]);
  expect(scan.findIn(JSON.stringify([underWay, done]))).toEqual([]);
  expect(Object.keys(done[0] ?? {}).sort()).toEqual(
    ['claimedAt', 'etag', 'expiresAt', 'partitionKey', 'rowKey', 'sealed', 'state', 'timestamp'].sort(),
  );
});

test('the ring may be rotated between a request and its repetition, and between claim and reply', async () => {
  const first = await create(cloud.newApp());
  setRing('k2', 'k1');
  expect(await create(cloud.newApp())).toEqual(first);
  setRing('k3', 'k2', 'k1');
  // A process that knows an older ring reads it again when it meets a key that it does not know.
  const knowsOld = cloud.newApp();
  expect(await create(knowsOld)).toEqual(first);
  key = randomUUID();
  setRing('k4', 'k3');
  const sealedByNew = await create(cloud.newApp());
  expect(await create(knowsOld)).toEqual(sealedByNew);
  expect(made()).toHaveLength(2);
});

test('a reply whose key is gone is not replaced by another meeting: it may come back', async () => {
  const first = await create(cloud.newApp());
  setRing('k2');
  await expect(create(cloud.newApp())).rejects.toMatchObject({ code: 'secrets-unavailable' });
  expect(made()).toHaveLength(1);
  setRing('k2', 'k1');
  expect(await create(cloud.newApp())).toEqual(first);
});

test('a sealed reply opens in its own row only, and untouched', async () => {
  const app = cloud.newApp();
  const before = (await rows()).map(({ partitionKey }) => partitionKey);
  await create(app);
  const [row] = (await rows()).filter(({ partitionKey }) => !before.includes(partitionKey));
  key = randomUUID();
  await create(app);
  const [other] = (await rows()).filter(
    ({ partitionKey }) => !before.includes(partitionKey) && partitionKey !== row?.['partitionKey'],
  );
  const place = { partitionKey: String(other?.['partitionKey']), rowKey: 'request' };
  for (const sealed of [String(row?.['sealed']), String(other?.['sealed']).slice(0, -2), 's1.k1.no', '']) {
    await cloud.table('meetingRequests').updateEntity({ ...place, sealed }, 'Merge');
    await expect(create(app)).rejects.toMatchObject({ code: 'internal' });
  }
  expect(made()).toHaveLength(2);
});
