import { tableNames } from '../../local/cloud.ts';
import { toBeClean, type Exchange } from './exchange.ts';
import type { SecretCloud } from './secretCloud.ts';

/** Where a secret was found: in words for the test's complaint, never with the secret itself. */
interface Leak {
  readonly where: string;
  readonly found: readonly string[];
}

/** Secrets in log lines. */
export function leaksInLog({ scan }: SecretCloud, lines: readonly string[]): Leak[] {
  return lines.flatMap((line, index) => leak(`log line ${index}: ${line.slice(0, 60)}…`, scan.findIn(line)));
}

/** Secrets in answers, beyond what an answer is there to hand over. */
export function leaksInAnswers({ scan }: SecretCloud, exchanges: readonly Exchange[]): Leak[] {
  return exchanges.flatMap((exchange) => {
    const { method, path, status } = exchange;
    return leak(`answer ${status} to ${method} ${path.slice(0, 40)}`, scan.findIn(toBeClean(exchange)));
  });
}

/** Secrets in the URLs that the service called; the web hook's path is the caller's own business there. */
export function leaksInUrls({ scan, cloud }: SecretCloud): Leak[] {
  return cloud.simulator.world.calls
    .filter(({ operation }) => operation !== 'hooks')
    .flatMap(({ host, path, query }) => leak(`call of ${host}`, scan.findIn(path + query)));
}

/** Secrets in any column of any row. */
export async function leaksInRows({ scan, cloud }: SecretCloud): Promise<Leak[]> {
  const tables = await Promise.all(tableNames.map(async (name) => ({ name, rows: await cloud.rows(name) })));
  return tables.flatMap(({ name, rows }) =>
    rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, value]) =>
        leak(`${name}.${column}`, scan.findIn(value instanceof Date ? '' : String(value))),
      ),
    ),
  );
}

/** Secrets in what was posted to the web hook. */
export function leaksInAlerts({ scan, cloud }: SecretCloud): Leak[] {
  return cloud.simulator.world.alerts.flatMap(({ body }) => leak('alert', scan.findIn(JSON.stringify(body))));
}

function leak(where: string, found: readonly string[]): Leak[] {
  return found.length > 0 ? [{ where, found }] : [];
}
