import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { startHostProcess, type HostProcess } from '../../local/host/startHostProcess.ts';
import { pemFile, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';

/** Starts hosts of the built app, each a process of its own, on one cloud. `npm test` has built the app before. */
export function startHostProcesses(cloud: TestCloud, count: number): Promise<HostProcess[]> {
  if (!existsSync('dist/app.js')) execFileSync(process.execPath, ['build.js']);
  const environment = { ...cloud.environment, NODE_EXTRA_CA_CERTS: pemFile('ca'), NODE_OPTIONS: undefined };
  return Promise.all(
    Array.from({ length: count }, () => startHostProcess({ functionKey, timers: false, environment })),
  );
}

export interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** Posts JSON with the function key. */
export async function post(host: HostProcess, path: string, body: unknown): Promise<Answer> {
  const response = await fetch(host.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': functionKey },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** How many answers there were of each kind: `201`, `200`, or `503 storage-unavailable`. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { status, json } of answers) {
    const kind = status < 300 ? String(status) : `${status} ${String(json['code'])}`;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}
