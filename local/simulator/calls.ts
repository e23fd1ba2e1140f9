import type { Request } from './http/exchange.ts';
import { type Operation, operations, type Service } from './operations.ts';
import type { OnPremisesMeeting } from './upstreams/onPremises/meetings.ts';

/** A web ticket, or a conference key or another password. Each may go only to the server that it is for. */
type GuestSecret = 'web-ticket' | 'password';

/** One request that reached the simulator. It is recorded on arrival, so a call without an answer is recorded too. */
export interface Call {
  service: Service;
  /** `unknown`: no such resource, or a host without resources, such as the foreign one. */
  operation: Operation | 'unknown';
  /** Only the first hop of a discovery on premises may be plain http. */
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

/** Finds the secrets that came with a request: in its headers, its URL or its body. */
export function secretsIn(request: Request, meetings: readonly OnPremisesMeeting[]): GuestSecret[] {
  const text = [request.path, request.query, ...Object.values(request.headers).flat(), request.body].join('\n');
  // A key that is also the conference id stands in meeting URLs, so finding it there means nothing.
  const isKey = ({ conferenceKey, conferenceUri }: OnPremisesMeeting) =>
    conferenceKey !== '' && text.includes(conferenceKey) && !conferenceUri.endsWith(`:${conferenceKey}`);

  const found: GuestSecret[] = [];
  if (/cwt(=|%3d)/i.test(text)) found.push('web-ticket');
  if (/(^|[?&\n])password=/i.test(text) || meetings.some(isKey)) found.push('password');
  return found;
}
