import type { HostProcess } from '../../local/host/startHostProcess.ts';
import { startHostProcesses } from '../races/hostProcesses.ts';
import { functionKey } from '../support/testHost.ts';
import { runFailures } from './everyPath.ts';
import { recordingService, type Exchange } from './exchange.ts';
import { leaksInAnswers, leaksInLog, leaksInRows, leaksInUrls } from './leaks.ts';
import { startSecretCloud, type SecretCloud } from './secretCloud.ts';
import { learnAnswers } from './serviceUnderTest.ts';

let secret: SecretCloud;
let host: HostProcess | undefined;
let exchanges: Exchange[];

beforeAll(async () => {
  secret = await startSecretCloud();
  [host] = await startHostProcesses(secret.cloud, 1);
  const recording = recordingService(host?.url ?? '', functionKey);
  exchanges = recording.exchanges;
  secret.scan.add('the function key', functionKey);
  await runFailures({ ask: recording.ask, secret, logged: () => host?.output() ?? '' });
  learnAnswers(secret, exchanges);
}, 120_000);

afterAll(async () => {
  await host?.stop();
  await secret.stop();
});

test('the built app, in a process of its own, writes no secret to its output, whoever writes it', () => {
  const output = host?.output() ?? '';
  const requests = output.match(/"endpoint":/g) ?? [];
  expect(requests.length).toBeGreaterThan(100);
  expect(leaksInLog(secret, output.split('\n'))).toEqual([]);
});

test('it tells none in its answers, in the URLs that it calls, or in its rows', async () => {
  expect(leaksInAnswers(secret, exchanges)).toEqual([]);
  expect(leaksInUrls(secret)).toEqual([]);
  expect(await leaksInRows(secret)).toEqual([]);
});
