import { HttpTransport } from '../../../lib/net/transport.ts';
import { Upstream, type UpstreamOptions } from '../../../lib/net/upstream.ts';
import { url, type TlsServer } from './tlsServer.ts';

export const forever = new AbortController().signal;
export const get = { method: 'GET', url } as const;

/** An upstream that knows the server only; its pauses are short, so that retries do not slow the tests down. */
export function upstreamOf(
  { connectTo }: TlsServer,
  options: Partial<UpstreamOptions> = {},
  callTimeoutMs = 2_000,
): Upstream {
  return new Upstream({
    transport: new HttpTransport({ connectTo, callTimeoutMs }).send,
    initialDelayMs: 5,
    ...options,
  });
}

/** Makes the server answer with these statuses in turn, and then with 200. */
export function answerInTurn(
  server: TlsServer,
  statuses: readonly number[],
  headers: Record<string, string> = {},
): void {
  const left = [...statuses];
  server.answer = (_, response) => {
    const status = left.shift() ?? 200;
    response.writeHead(status, status === 200 ? {} : headers).end();
  };
}

/** The status of the answer, or the code of the failure. */
export async function outcome(work: Promise<{ status: number }>): Promise<number | string> {
  try {
    return (await work).status;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
