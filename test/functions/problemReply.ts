import { problemCatalogue, type ProblemCode } from '../../lib/problem.ts';
import type { Reply } from '../support/reply.ts';

/** The headers that every answer of our code carries (DESIGN, "HTTP contract"). */
export function expectSafeHeaders({ headers }: Pick<Reply, 'headers'>): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
}

/** The reply is one of these problems, in every member that RFC 9457 and the catalogue name; returns its code. */
export function expectProblem(reply: Reply, ...codes: readonly ProblemCode[]): ProblemCode {
  const code = codes.find((expected) => expected === reply.json['code']);
  if (!code) throw new Error(`expected ${codes.join(' or ')}, got ${reply.status} ${reply.text}`);
  const { status, title } = problemCatalogue[code];
  expect(reply.status).toBe(status);
  expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(reply.json).toMatchObject({ type: `/problems/${code}`, title, status, code });
  expect(reply.json['detail']).toMatch(/^[A-Z].*\.$/s);
  expect(reply.json['instance']).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expectSafeHeaders(reply);
  return code;
}
