import * as z from 'zod';
import type { Transport, UpstreamAnswer } from '../../net/transport.ts';
import { currentTrace } from '../../telemetry.ts';

/** The grants of the token endpoint (seeds "Authentication in UCWA", 2.0 and 1.0), with the parameters of each. */
export type Grant =
  | {
      readonly kind: 'anonmeeting';
      readonly conferenceUri: string;
      readonly conferenceKey: string;
      readonly renew?: string;
    }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'windows' }
  | { readonly kind: 'passive' };

/** The names that a challenge offers grants by. */
export const grantTypes = {
  anonmeeting: 'urn:microsoft.rtc:anonmeeting',
  password: 'password',
  windows: 'urn:microsoft.rtc:windows',
  passive: 'urn:microsoft.rtc:passive',
} as const satisfies Record<Grant['kind'], string>;

/** A `cwt` as the server gave it; for the origin that issued it and no other. */
export interface WebTicket {
  /** Kept whole, `cwt=` included. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly origin: string;
}

export type TicketFailureCode =
  | 'invalid_request'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error'
  | 'interaction_required'
  | 'integrated_windows'
  | 'refused'
  | 'unusable';

/** The token endpoint gave no ticket. */
export class TicketFailure extends Error {
  override readonly name = 'TicketFailure';
  readonly code: TicketFailureCode;
  readonly status: number;

  constructor(code: TicketFailureCode, status: number) {
    super(`web ticket: ${code}`);
    this.code = code;
    this.status = status;
  }
}

export interface TicketRequest {
  readonly endpoint: URL;
  readonly grant: Grant;
  /** Ms since 1970. */
  readonly now: () => number;
}

const anonymousLifeSeconds = 3_600;
const longestLifeSeconds = 24 * 3_600;

/** Asks for a ticket; throws {@link TicketFailure}, or the transport's failure. A redirect is never followed with the key. */
export async function requestTicket(
  send: Transport,
  { endpoint, grant, now }: TicketRequest,
  signal: AbortSignal,
): Promise<WebTicket> {
  // Counted from before the request: the server counted from somewhere in between.
  const askedAt = now();
  const trace = currentTrace();
  const answer = await send(
    {
      method: 'POST',
      url: endpoint,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        ...(trace && { 'client-request-id': trace.correlationId }),
      },
      body: formOf(grant),
    },
    signal,
  );
  if (answer.status !== 200) throw new TicketFailure(failureCodeOf(answer), answer.status);
  const ticket = ticketFields.safeParse(parseJson(answer.body)).data;
  if (!ticket) throw new TicketFailure('unusable', answer.status);
  const lifeSeconds = ticket.expires_in ?? anonymousLifeSeconds;
  return { token: ticket.access_token, expiresAt: new Date(askedAt + lifeSeconds * 1_000), origin: endpoint.origin };
}

/** The form's fields, each value percent-encoded; `scope` is never needed. */
function formOf(grant: Grant): string {
  const fields: [string, string][] = [['grant_type', grantTypes[grant.kind]]];
  if (grant.kind === 'anonmeeting') {
    fields.push(['password', grant.conferenceKey], ['ms_rtc_conferenceuri', grant.conferenceUri]);
    if (grant.renew !== undefined) fields.push(['ms_rtc_renew', grant.renew]);
  } else if (grant.kind === 'password') {
    fields.push(['username', grant.username], ['password', grant.password]);
  }
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

const ticketFields = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().max(longestLifeSeconds).optional(),
});

const errorFields = z.object({
  error: z.enum(['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'invalid_scope', 'server_error']),
  ms_rtc_passiveauthuri: z.string().optional(),
});

/** `X-Ms-diagnostics` is not looked at: the documents forbid to depend on it. */
function failureCodeOf({ status, headers, body }: UpstreamAnswer): TicketFailureCode {
  if (status === 401 && /\b(?:negotiate|ntlm)\b/i.test(headers['www-authenticate'] ?? '')) return 'integrated_windows';
  if (status !== 400) return 'refused';
  const known = errorFields.safeParse(parseJson(body)).data;
  if (!known) return 'unusable';
  // Not bad credentials: somebody has to sign in at a browser.
  if (known.ms_rtc_passiveauthuri !== undefined) return 'interaction_required';
  return known.error;
}

const stringOrTrailingComma = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g;

/** JSON, or JSON with the trailing comma of UCWA 1.0's errors (seed for Lync 2013); strings stay as they are. */
function parseJson(body: string): unknown {
  for (const text of [body, body.replace(stringOrTrailingComma, '$1')]) {
    try {
      return JSON.parse(text);
    } catch {
      // Then the repaired text, or nothing.
    }
  }
  return undefined;
}
