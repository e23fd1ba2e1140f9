import { meetingUrl } from '../../support/testCloud.ts';
import { exchange, type RawReply } from './exchange.ts';

export interface Sent {
  /** Below `/api/`. Default: GetAnonTokenJob. */
  readonly path?: string;
  /** Default: a form; undefined: none is named. */
  readonly contentType?: string | undefined;
  readonly headers?: readonly string[];
}

/** Posts a body with no more headers than it takes. */
export function post(
  port: number,
  body: string,
  { path = 'GetAnonTokenJob', headers = [], ...rest }: Sent = {},
): Promise<RawReply> {
  const contentType = 'contentType' in rest ? rest.contentType : 'application/x-www-form-urlencoded';
  const lines = [
    `POST /api/${path} HTTP/1.1`,
    'Host: join.contoso.example',
    ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return exchange(port, [...lines, '', body].join('\r\n'));
}

export const page = 'https://www.contoso.example/join';

/** What asks for a token. */
export const form = (session: string, url = meetingUrl): string =>
  `ApplicationSessionId=${session}&AllowedOrigins=${page}&MeetingUrl=${url}`;
