import { operations, type Operation, type Service } from './operations.ts';

/** A web ticket; or a conference key or other password. Each may only go to the server that it is for. */
export type GuestSecret = 'web-ticket' | 'password';

/** One request that reached the simulator. It is recorded on arrival, so a call still hanging is seen too. */
export interface Call {
  service: Service;
  /** `unknown`: no such resource, or a host that serves none, such as the foreign one. */
  operation: Operation | 'unknown';
  /** `http`: in clear; only the first hop of a discovery on premises may be. */
  scheme: 'http' | 'https';
  method: string;
  /** Of the Host header: lower-case, without port. */
  host: string;
  /** As sent, without the query. */
  path: string;
  /** As sent: with its question mark, or empty. */
  query: string;
  /** 0 while there is no answer. */
  status: number;
  /** Milliseconds since the epoch, by the simulator's clock. */
  at: number;
  /** Whether an Authorization header came with it, good or bad. */
  authorized: boolean;
  /** Which secrets for servers on premises came with it, anywhere; absent if none. */
  secrets?: GuestSecret[];
  /** Its `client-request-id`. */
  requestId?: string;
}

/** An alert that arrived at the web hook host. */
export interface Alert {
  path: string;
  /** Milliseconds since the epoch, by the simulator's clock. */
  at: number;
  /** The parsed JSON. */
  body: unknown;
}

const longestRecord = 10_000;

/** Appends to a record that forgets its oldest entries beyond 10,000, so that a benchmark does not fill the memory. */
export function remember<T>(record: T[], entry: T): void {
  record.push(entry);
  if (record.length > longestRecord) record.shift();
}

/** How many of the recorded calls were made of each operation. */
export function countCalls(calls: readonly Call[]): Record<Call['operation'], number> {
  const counts = Object.fromEntries([...operations, 'unknown'].map((name) => [name, 0])) as Record<
    Call['operation'],
    number
  >;
  for (const call of calls) counts[call.operation] += 1;
  return counts;
}
