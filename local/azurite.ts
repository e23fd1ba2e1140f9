import { TableServiceClient } from '@azure/data-tables';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { startChild, type Child } from './childProcess.ts';

interface AzuriteOptions {
  /** Default: true. The whole of Azurite is for Core Tools, whose timers need blobs (AzureWebJobsStorage). */
  tablesOnly?: boolean;
  /** Account names and their keys in base64. Default: the account that all storage emulators share. */
  accounts?: Readonly<Record<string, string>>;
  /** PEM files. With them Azurite speaks https and takes tokens of Entra beside account keys, as in Azure. */
  tls?: { certFile: string; keyFile: string };
  /**
   * The port of the tables; of the whole of Azurite, the first of three: blobs, queues, tables. Default: free ports.
   */
  port?: number;
}

export interface Azurite {
  tableEndpoint(account?: string): string;
  /** Undefined when only tables run; so is `queueEndpoint`. */
  blobEndpoint(account?: string): string | undefined;
  queueEndpoint(account?: string): string | undefined;
  /** Of an account, with the endpoints that run. Throws for an account that there is not. */
  connectionString(account?: string): string;
  stop(): Promise<void>;
}

/**
 * Published, and built into Storage Explorer and Core Tools:
 * learn.microsoft.com/azure/storage/common/storage-connect-azurite
 */
const sharedAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

const host = '127.0.0.1';

/**
 * Starts the installed Azurite as a process of its own, which keeps everything in memory and ends with this one. Start
 * it from the root of the repository. Resolves when it answers; rejects with what it wrote when it does not start.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const { tablesOnly = true, accounts = { [sharedAccount.name]: sharedAccount.key } } = options;
  const services: Service[] = tablesOnly ? ['table'] : ['blob', 'queue', 'table'];
  const { child, ports } = await startOnFreePorts(services, { ...options, accounts });
  const protocol = options.tls ? 'https' : 'http';
  const firstAccount = Object.keys(accounts)[0] ?? sharedAccount.name;

  const endpoint = (service: Service, account: string): string | undefined => {
    if (!(account in accounts)) throw new Error(`Azurite was started without an account "${account}".`);
    const port = ports.get(service);
    return port === undefined ? undefined : `${protocol}://${host}:${port}/${account}`;
  };
  return {
    tableEndpoint: (account = firstAccount) => endpoint('table', account) ?? '',
    blobEndpoint: (account = firstAccount) => endpoint('blob', account),
    queueEndpoint: (account = firstAccount) => endpoint('queue', account),
    connectionString(account = firstAccount) {
      const parts = { DefaultEndpointsProtocol: protocol, AccountName: account, AccountKey: accounts[account] };
      const endpoints = {
        BlobEndpoint: endpoint('blob', account),
        QueueEndpoint: endpoint('queue', account),
        TableEndpoint: endpoint('table', account),
      };
      const known = Object.entries({ ...parts, ...endpoints }).filter(([, value]) => value !== undefined);
      return known.map(([name, value]) => `${name}=${value ?? ''};`).join('');
    },
    // Azurite keeps everything in memory, so there is nothing to save; stopped by SIGTERM it waits for its callers.
    stop: child.kill,
  };
}

/** Creates tables that are not there yet. */
export async function createTables(connectionString: string, names: readonly string[]): Promise<void> {
  const service = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  await Promise.all(names.map((name) => service.createTable(name)));
}

type Service = 'blob' | 'queue' | 'table';
type Ports = ReadonlyMap<Service, number>;
type StartOptions = Pick<AzuriteOptions, 'port' | 'tls'> & { accounts: Readonly<Record<string, string>> };

/** A free port may be taken by another process before Azurite listens: then others are tried. */
async function startOnFreePorts(
  services: readonly Service[],
  options: StartOptions,
): Promise<{ child: Child<true>; ports: Ports }> {
  const { port: firstPort } = options;
  for (let attempt = 1; ; attempt += 1) {
    const numbers = firstPort === undefined ? await freePorts(services.length) : services.map((_, i) => firstPort + i);
    const ports = new Map(services.map((service, index) => [service, numbers[index] ?? 0]));
    try {
      return { child: await startOn(ports, options), ports };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('EADDRINUSE');
      if (!taken || firstPort !== undefined || attempt === 3) throw error;
    }
  }
}

async function startOn(ports: Ports, { accounts, tls }: StartOptions): Promise<Child<true>> {
  const installed = dirname(createRequire(resolve('package.json')).resolve('azurite/package.json'));
  const listening = [...ports].flatMap(([service, port]) => [
    `--${service}Host`,
    host,
    `--${service}Port`,
    String(port),
  ]);
  const secure = tls ? ['--cert', tls.certFile, '--key', tls.keyFile, '--oauth', 'basic'] : [];
  return startChild<true>({
    name: 'Azurite',
    module: join(installed, ports.size === 1 ? 'dist/src/table/main.js' : 'dist/src/azurite.js'),
    args: ['--silent', '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', ...listening, ...secure],
    environment: {
      AZURITE_ACCOUNTS: Object.entries(accounts)
        .map(([name, key]) => `${name}:${key}`)
        .join(';'),
    },
    whenReady(child, ready) {
      // The tables are the last to listen.
      child.stdout?.on('data', (text: string) => {
        if (/Table service .*successfully/.test(text)) ready(true);
      });
    },
  });
}

/** All ports are taken at the same time, so that no two are the same, and then released. */
async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    holders.map(
      (holder) =>
        new Promise<number>((found, reject) => {
          holder.once('error', reject).listen(0, host, () => {
            found((holder.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(holders.map((holder) => new Promise((closed) => holder.close(closed))));
  return ports;
}
