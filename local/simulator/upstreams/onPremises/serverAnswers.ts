import type { Answer } from '../../http/exchange.ts';
import type { Site } from './site.ts';

/** A page as the web server itself makes it, in front of any service. */
export function page(status: number, title: string, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html', ...headers },
    body: `<!DOCTYPE html>\r\n<html><head><title>${title}</title></head><body><h2>${title}</h2></body></html>\r\n`,
  };
}

/** The page of a status. */
export function statusPage(status: number, headers: Answer['headers'] = {}): Answer {
  return page(status, `${status} - ${reasons.get(status) ?? 'The server cannot answer this request.'}`, headers);
}

const reasons = new Map([
  [401, 'Unauthorized: Access is denied due to invalid credentials.'],
  [403, 'Forbidden: Access is denied.'],
  [404, 'File or directory not found.'],
  [405, 'HTTP verb used to access this page is not allowed.'],
  [500, 'Internal server error.'],
  [502, 'Web server received an invalid response while acting as a gateway or proxy server.'],
  [503, 'The service is unavailable.'],
]);

/** The header that explains a refusal to administrators (ucwa.md §2.4). */
export function diagnostics(site: Pick<Site, 'domain'>, id: number, reason: string, more = ''): string {
  return `${id};source="${frontEnd(site)}";reason="${reason}"${more}`;
}

/** The headers for a bad token, beside the challenge: reason 28055. */
export function invalidToken(site: Site): Record<string, string> {
  return {
    'X-Ms-diagnostics': diagnostics(
      site,
      28055,
      'The OAuth token is invalid.',
      ';faultcode="wsse:FailedAuthentication"',
    ),
    Warning: `120 ${frontEnd(site)} "InvalidToken"`,
  };
}

// The machine behind the host names; clients are not meant to reach it.
function frontEnd({ domain }: Pick<Site, 'domain'>): string {
  return `fe01.${domain}`;
}

/** Adds what every answer of the servers carries (ucwa.md §1.4), under what is there already. */
export function withServerHeaders(site: Site, answer: Answer): Answer {
  const headers = {
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'X-MS-Server-Fqdn': frontEnd(site),
    'X-Content-Type-Options': 'nosniff',
    Server: 'Microsoft-IIS/8.5',
  };
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
