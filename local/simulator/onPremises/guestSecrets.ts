import type { GuestSecret } from '../calls.ts';
import type { Request } from '../http/exchange.ts';
import type { OnPremisesMeeting } from './meetings.ts';

/** Finds the secrets that came with a request: in its headers, its URL or its body. */
export function secretsIn(request: Request, meetings: readonly OnPremisesMeeting[]): GuestSecret[] {
  const text = [request.path, request.query, ...Object.values(request.headers).flat(), request.body].join('\n');
  // A key that is the conference id too stands in meeting URLs, where it tells nothing.
  const isKey = ({ conferenceKey, conferenceUri }: OnPremisesMeeting) =>
    conferenceKey !== '' && text.includes(conferenceKey) && !conferenceUri.endsWith(`:${conferenceKey}`);

  const found: GuestSecret[] = [];
  if (/cwt(=|%3d)/i.test(text)) found.push('web-ticket');
  if (/(^|[?&\n])password=/i.test(text) || meetings.some(isKey)) found.push('password');
  return found;
}
