import { problemCatalogue } from '../../lib/problem.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { runEveryPath } from './everyPath.ts';
import { bodyOf, recordingService, type Exchange } from './exchange.ts';
import { leaksInAlerts, leaksInAnswers, leaksInLog, leaksInRows, leaksInUrls } from './leaks.ts';
import { startSecretCloud, type SecretCloud } from './secretCloud.ts';
import { learnAnswers } from './serviceUnderTest.ts';

let secret: SecretCloud;
let service: TestHost;
let exchanges: Exchange[];
const lines = (): string[] => service.log.map((line) => JSON.stringify(line));

beforeAll(async () => {
  secret = await startSecretCloud();
  service = await startTestHost(secret.cloud);
  const recording = recordingService(service.host.url, functionKey);
  exchanges = recording.exchanges;
  secret.scan.add('the function key', functionKey);
  await runEveryPath({
    ask: recording.ask,
    secret,
    logged: () => service.log.map(({ message }) => message).join('\n'),
  });
  learnAnswers(secret, exchanges);
}, 120_000);

afterAll(async () => {
  await service.stop();
  await secret.stop();
});

test('every kind of answer was seen', () => {
  const statuses = new Set(exchanges.map(({ status }) => status));
  for (const status of [200, 201, 202, 400, 401, 404, 409, 410, 413, 415, 422, 429, 500, 502, 503, 504]) {
    expect([status, statuses.has(status)]).toEqual([status, true]);
  }
  const codes = new Set(exchanges.map((exchange) => bodyOf(exchange)?.['code']));
  // Theirs are services of their own: a missing capability stays for half a minute, and callers are applications or not.
  const elsewhere = ['capability-missing', 'caller-unauthenticated', 'caller-not-allowed'];
  const expected = Object.keys(problemCatalogue).filter((code) => !elsewhere.includes(code));
  expect(expected.filter((code) => !codes.has(code))).toEqual([]);
});

test('no log line tells a secret', () => {
  expect(leaksInLog(secret, lines())).toEqual([]);
});

test('no answer tells a secret, but for what it is there to hand over', () => {
  expect(leaksInAnswers(secret, exchanges)).toEqual([]);
});

test('no URL that the service calls tells a secret', () => {
  expect(leaksInUrls(secret)).toEqual([]);
});

test('no column of any row tells a secret', async () => {
  expect(await leaksInRows(secret)).toEqual([]);
});

test('no alert tells a secret', () => {
  const { alerts } = secret.cloud.simulator.world;
  expect(alerts.filter(({ path }) => path.startsWith('/hook-'))).toHaveLength(1);
  expect(alerts.filter(({ path }) => path.startsWith('/workflows/')).length).toBeGreaterThanOrEqual(3);
  expect(leaksInAlerts(secret)).toEqual([]);
});
