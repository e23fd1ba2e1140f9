import { resolve } from 'node:path';
import * as z from 'zod';
import { startChild } from '../local/childProcess.ts';

interface CloudProcess {
  /** App settings, NODE_EXTRA_CA_CERTS among them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Keeps every answer of the platform's token resource back for so long. */
  delayPlatform(delayMs: number): Promise<void>;
  stop(): Promise<void>;
}

const started = z.object({
  environment: z.record(z.string(), z.string()),
  control: z.object({ url: z.string(), token: z.string() }),
});

/** Starts `cloud.ts`; it ends with this process. */
export async function startCloudProcess(): Promise<CloudProcess> {
  const child = await startChild<z.infer<typeof started>>({
    name: 'The local cloud',
    module: resolve('bench/cloud.ts'),
    execArgv: ['--import', 'tsx'],
    whenReady(process, ready) {
      process.once('message', (message) => {
        ready(started.parse(message));
      });
    },
  });
  const { environment, control } = child.ready;
  return {
    environment,
    async delayPlatform(delayMs) {
      const response = await fetch(`${control.url}/faults/platform.tokens`, {
        method: delayMs > 0 ? 'PUT' : 'DELETE',
        headers: { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' },
        ...(delayMs > 0 && { body: JSON.stringify({ delayMs }) }),
      });
      if (!response.ok) throw new Error(`The simulator answered ${response.status}.`);
    },
    stop: child.stop,
  };
}
