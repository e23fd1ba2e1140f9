import { TableClient, TableServiceClient } from '@azure/data-tables';
import { appSettings, makeLocalSecrets, seedWith } from '../../local/appSettings.ts';
import { createTables } from '../../local/azurite.ts';
import { tableNames } from '../../local/cloud.ts';
import { startSimulator, type Simulator } from '../../local/simulator/simulator.ts';
import { HttpTransport } from '../../lib/net/transport.ts';
import { createService, type Service } from '../../lib/service.ts';
import { readSettings } from '../../lib/settings.ts';
import { accountName, accountsPerWorker } from '../setup/globalSetup.ts';
import { pem } from './pem.ts';

export { pem, pemFile } from './pem.ts';

export const meetingUrl = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';
export const otherMeetingUrl = 'https://meet.lync.example/contoso/testuser/7XY9K2LM';

/** The simulator in this process, and an empty account of the shared table server. */
export interface TestCloud {
  readonly simulator: Simulator;
  readonly tablesConnectionString: string;
  /** The app settings; a test may change them before it makes an app. */
  readonly environment: Record<string, string>;
  /** An app of its own, as another process would have: nothing is shared but the servers. */
  newApp(changes?: Record<string, string | undefined>, now?: () => number, limits?: TimeLimits): Service;
  table(name: (typeof tableNames)[number]): TableClient;
  /** All rows of a table. */
  rows(name: (typeof tableNames)[number]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Shorter than the service's own, for tests of servers that do not answer. */
export interface TimeLimits {
  readonly azureCallMs?: number;
  readonly platformCallMs?: number;
}

interface TestCloudOptions {
  /** The simulator's clock, ms since 1970. */
  now?: () => number;
}

let cloudsInThisFile = 0;

/** Starts a cloud for one test file; several in one file get accounts of their own. */
export async function startTestCloud({ now }: TestCloudOptions = {}): Promise<TestCloud> {
  const tablesConnectionString = nextAccount();
  await emptyTables(tablesConnectionString);
  const simulator = await startSimulator({
    tls: { key: pem('key'), cert: pem('cert') },
    seed: seedWith(makeLocalSecrets()),
    ...(now && { now }),
  });
  // One platform, so that a test that breaks it sees a service without any; tests of others name them.
  const environment: Record<string, string> = {
    ...appSettings(simulator, tablesConnectionString),
    MEETING_PLATFORMS: 'trusted-application',
  };
  // The managed identity is found through the process's environment, as in Azure.
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: environment['IDENTITY_ENDPOINT'],
    IDENTITY_HEADER: environment['IDENTITY_HEADER'],
  });

  const table = (name: string): TableClient =>
    TableClient.fromConnectionString(tablesConnectionString, name, { allowInsecureConnection: true });
  return {
    simulator,
    tablesConnectionString,
    environment,
    newApp(changes = {}, now = Date.now, { azureCallMs, platformCallMs } = {}) {
      const settings = readSettings({ ...environment, ...changes });
      return createService(settings, {
        now,
        ...(azureCallMs !== undefined && { azureCallTimeoutMs: azureCallMs }),
        ...(platformCallMs !== undefined && {
          transport: new HttpTransport({ connectTo: settings.connectTo, callTimeoutMs: platformCallMs }).send,
        }),
      });
    },
    table,
    async rows(name) {
      const rows: Record<string, unknown>[] = [];
      for await (const row of table(name).listEntities()) rows.push(row);
      return rows;
    },
    stop: () => simulator.stop(),
  };
}

function nextAccount(): string {
  const { url, key } = JSON.parse(process.env['TEST_TABLES'] ?? '') as { url: string; key: string };
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 1) - 1;
  if (cloudsInThisFile === accountsPerWorker) throw new Error('raise accountsPerWorker in test/setup/globalSetup.ts');
  const account = accountName(worker * accountsPerWorker + cloudsInThisFile++);
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};TableEndpoint=${url}/${account};`;
}

async function emptyTables(connectionString: string): Promise<void> {
  const service = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  await Promise.all(tableNames.map((name) => service.deleteTable(name)));
  await createTables(connectionString, tableNames);
}
