import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** A request, read to its end. */
export interface Request {
  scheme: 'http' | 'https';
  method: string;
  /** The Host header as sent, port included: what links to the same listener are built from. */
  authority: string;
  /** The Host header: lower-case, without port. */
  host: string;
  /** As sent, without the query. */
  path: string;
  /** The query as sent: with its question mark, or empty. */
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a service answers to a request. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  /** Instead of an answer: the connection is destroyed, or no answer is ever sent. */
  connection?: 'cut' | 'silent';
}

/** Far above what any service here accepts; more than this is not read. */
const longestBodyBytes = 1024 * 1024;

/** Reads a request. @throws Error if the body is longer than 1 MiB, or the client goes away. */
export async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBodyBytes) throw new Error('The request body is longer than 1 MiB.');
    chunks.push(chunk);
  }
  const target = incoming.url ?? '/';
  const queryStart = target.includes('?') ? target.indexOf('?') : target.length;
  const authority = incoming.headers.host ?? '';
  return {
    scheme: incoming.socket instanceof TLSSocket ? 'https' : 'http',
    method: incoming.method ?? 'GET',
    authority,
    host: authority.replace(/:\d*$/, '').toLowerCase(),
    path: target.slice(0, queryStart),
    query: target.slice(queryStart),
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/**
 * A query parameter, decoded; its name in any letter case, as the platform takes it (trusted-application-api.md §1.1).
 */
export function queryParameter(request: Request, name: string): string | undefined {
  for (const [key, value] of new URLSearchParams(request.query)) {
    if (key.toLowerCase() === name.toLowerCase()) return value;
  }
  return undefined;
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** A JSON answer. */
export function jsonAnswer(status: number, body: unknown, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** Parses JSON text; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
