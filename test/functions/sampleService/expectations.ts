import { expectSafeHeaders } from '../problemReply.ts';
import type { RawReply } from './exchange.ts';

export const jsonInUtf8 = 'application/json; charset=utf-8';
/** What the original's own errors had. */
export const bareJson = 'application/json';

/** The answer that a client parses into strings: exactly 200, these properties in this order, as plain text. */
export function expectStrings(reply: RawReply, ...names: readonly string[]): Record<string, string> {
  expectAnswer(reply, 200, jsonInUtf8);
  const json = JSON.parse(reply.text) as Record<string, string>;
  expect(Object.keys(json)).toEqual(names);
  for (const value of Object.values(json)) expect(typeof value).toBe('string');
  expect(reply.text).toBe(JSON.stringify(json));
  return json;
}

/** An answer with a body, not compressed, that names no place. */
export function expectAnswer({ status, headers, text }: RawReply, expected: number, contentType: string): void {
  expect({ status, contentType: headers['content-type'], text }).toEqual({ status: expected, contentType, text });
  expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  expect(headers).not.toHaveProperty('content-encoding');
  expect(headers).not.toHaveProperty('location');
  expectSafeHeaders({ headers: new Headers(headers) });
}

export const tokenNames = ['DiscoverUri', 'Token', 'TenantEndpointId', 'ExpireTime'] as const;
export const meetingNames = ['OnlineMeetingUri', 'JoinUrl', 'DiscoverUri', 'OrganizerUri', 'ExpireTime'] as const;

/** The claims of a token: whom and what it is for. */
export function claimsOf(token = ''): Record<string, unknown> {
  const [, payload = ''] = token.replace(/^psat=/, '').split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
