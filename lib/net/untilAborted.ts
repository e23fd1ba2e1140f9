import { UpstreamFailure } from './transport.ts';

/** Lets one request stop waiting for work that may go on for others; rejects with `cancelled`. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      reject(new UpstreamFailure('cancelled'));
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', cancel);
    });
  });
}
