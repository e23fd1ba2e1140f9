import { createHash } from 'node:crypto';
import { readPage, type ReadPage } from '../lib/statusPage/pageUnderTest.ts';
import { expectSafeHeaders } from './problemReply.ts';

/** An answer of the status endpoint is a page, with this status, and with a policy that allows its own style and nothing else. */
export async function expectPage(response: Response, status: number): Promise<ReadPage & { html: string }> {
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
  expectSafeHeaders(response);
  const html = await response.text();
  const [, stylesheet = ''] = /<style>([^]*)<\/style>/.exec(html) ?? [];
  const hash = createHash('sha256').update(stylesheet).digest('base64');
  expect(response.headers.get('content-security-policy')).toBe(
    `default-src 'none'; img-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  return { ...readPage(html), html };
}
