import { startTlsServer } from '../../lib/net/tlsServer.ts';

/** What a storage account answers when it refuses. */
export interface StorageRefusal {
  readonly status: number;
  readonly code: string;
  /** Which requests; the others find no row. Default: all. */
  readonly method?: 'GET' | 'DELETE';
}

/** A storage account as in Azure: https, errors in its form. It has no rows, and refuses as the test says. */
export interface StorageServer {
  readonly endpoint: string;
  refusal: StorageRefusal | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts it; Azurite knows neither roles nor network rules. */
export async function startStorageServer(): Promise<StorageServer> {
  const server = await startTlsServer();
  const storage: StorageServer = {
    endpoint: `https://localhost:${server.port}/account`,
    refusal: undefined,
    stop: () => server.stop(),
  };
  server.answer = ({ method }, answer) => {
    const { refusal } = storage;
    const isRefused = refusal !== undefined && (refusal.method ?? method) === method;
    const [status, code] = isRefused ? [refusal.status, refusal.code] : [404, 'ResourceNotFound'];
    answer.writeHead(status, { 'content-type': 'application/json', 'x-ms-error-code': code });
    answer.end(JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: `${code}.\nRequestId:1` } } }));
  };
  return storage;
}
