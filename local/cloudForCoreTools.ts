import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCloud } from './cloud.ts';

interface CloudForCoreToolsOptions {
  /** Where local.settings.json is written. Default: the working directory. */
  folder?: string;
  log: (text: string) => void;
  /** Resolves when the cloud is to be stopped. */
  interrupted: Promise<void>;
}

/** `npm run cloud`: the local cloud without the host, and a local.settings.json with which `func start` works in it. */
export async function runCloudForCoreTools({
  folder = '.',
  log,
  interrupted,
}: CloudForCoreToolsOptions): Promise<void> {
  const cloud = await startCloud({ tablesOnly: false });
  try {
    const settings = { IsEncrypted: false, Values: cloud.environment, Host: { CORS: 'http://localhost:3000' } };
    writeFileSync(join(folder, 'local.settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
    const { control } = cloud.simulator;
    log(`The local cloud is running, and local.settings.json is written.
In another terminal: func start
Simulator control: ${control.url}  (Authorization: Bearer ${control.token})
Ctrl-C stops everything.`);
    await interrupted;
  } finally {
    await cloud.stop();
  }
}
