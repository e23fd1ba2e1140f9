/** `npm run cloud`: the local cloud without the host, and a local.settings.json with which `func start` works in it. */
import { writeFileSync } from 'node:fs';
import { startCloud } from './cloud.ts';
import { untilInterrupted } from './untilInterrupted.ts';

const settingsFile = 'local.settings.json';
const interrupted = untilInterrupted();

const cloud = await startCloud({ tablesOnly: false });
try {
  const settings = { IsEncrypted: false, Values: cloud.environment, Host: { CORS: 'http://localhost:3000' } };
  writeFileSync(settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  const { control } = cloud.simulator;
  console.log(`The local cloud is running, and ${settingsFile} is written.
In another terminal: func start
Simulator control: ${control.url}  (Authorization: Bearer ${control.token})
Ctrl-C stops everything.`);
  await interrupted;
} finally {
  await cloud.stop();
}
