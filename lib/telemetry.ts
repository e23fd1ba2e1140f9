import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of one request: the fixed list of fields that its log line is made of (docs/design.md, "Logs"). */
export interface Trace {
  /** Sent to the platform as `client-request-id`. */
  readonly correlationId: string;
  platform?: string;
  guestId?: string;
  /** The application that calls, where callers are applications. */
  caller?: string;
  /** Milliseconds spent per step; steps of one name add up. */
  readonly steps: Record<string, number>;
}

const traces = new AsyncLocalStorage<Trace>();

/** Runs `work` with `trace` as the current one, also after its awaits. */
export function traced<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
  return traces.run(trace, work);
}

/** The trace of the request or timer run that is under way, if any. */
export function currentTrace(): Trace | undefined {
  return traces.getStore();
}

/** Times one step of the current trace, whether it succeeds or not. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const trace = traces.getStore();
  if (!trace) return work();
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    const elapsedMs = performance.now() - startedAt;
    trace.steps[name] = Math.round(((trace.steps[name] ?? 0) + elapsedMs) * 10) / 10;
  }
}

/** What a log says of an error. Its message is left out, because it can carry upstream text. */
interface ErrorSummary {
  name: string;
  code?: string;
  status?: number;
}

const safeWord = /^[A-Za-z0-9_.-]{1,64}$/;

/** The error and its causes, outermost first, as name, code and status. */
export function summarize(error: unknown): ErrorSummary[] {
  const summaries: ErrorSummary[] = [];
  for (let next = error; next instanceof Error && summaries.length < 5; next = next.cause) {
    const { code, status, statusCode } = next as { code?: unknown; status?: unknown; statusCode?: unknown };
    const httpStatus = status ?? statusCode;
    summaries.push({
      name: safeWord.test(next.name) ? next.name : 'Error',
      ...(typeof code === 'string' && safeWord.test(code) && { code }),
      ...(typeof httpStatus === 'number' && { status: httpStatus }),
    });
  }
  return summaries;
}
