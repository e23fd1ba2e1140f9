import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import * as z from 'zod';
import type { Transport, UpstreamAnswer } from '../../net/transport.ts';
import { parseHttpsUrl } from '../../hostRules.ts';
import { parseJson } from '../../json.ts';
import { retryAfterSeconds } from '../../net/retryAfter.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import { documentedErrors, TicketFailure } from './failure.ts';

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

/** The grant by which guests of a conference get in. */
export function grantFor({ uri, key }: { uri: string; key: string }): Extract<Grant, { kind: 'anonmeeting' }> {
  return { kind: 'anonmeeting', conferenceUri: uri, conferenceKey: key };
}

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

interface TicketRequest {
  readonly endpoint: URL;
  readonly grant: Grant;
  /** Ms since 1970. */
  readonly now: () => number;
  /** A server that reports an error of its own is not asked again. */
  readonly once?: boolean;
}

const anonymousLifeSeconds = 3_600;
const longestLifeSeconds = 24 * 3_600;

/** An unexpected error of the server's, as the documents put it, may have passed a moment later. */
const whileServerErrors = retry(
  handleWhen((error) => error instanceof TicketFailure && error.code === 'server_error'),
  { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1_000 }) },
);

/**
 * Asks for a ticket; throws {@link TicketFailure}, or the transport's failure. A redirect is never followed with the key,
 * and only `server_error` is asked again.
 */
export async function requestTicket(send: Transport, request: TicketRequest, signal: AbortSignal): Promise<WebTicket> {
  const { endpoint, grant, now, once = false } = request;
  if (grant.kind === 'password' && !(grant.username && grant.password)) {
    throw new TicketFailure('credentials_missing', 0);
  }
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
  };
  const ask = async (): Promise<WebTicket> => {
    // Counted from before the request: the server counted from somewhere in between.
    const askedAt = now();
    const answer = await send({ method: 'POST', url: endpoint, headers, body: formOf(grant) }, signal);
    if (answer.status !== 200) throw ticketFailureOf(answer);
    const ticket = ticketFields.safeParse(parseJson(answer.body)).data;
    if (!ticket) throw new TicketFailure('unusable', answer.status);
    const lifeSeconds = ticket.expires_in ?? anonymousLifeSeconds;
    return { token: ticket.access_token, expiresAt: new Date(askedAt + lifeSeconds * 1_000), origin: endpoint.origin };
  };
  return untilAborted(once ? ask() : whileServerErrors.execute(ask, signal), signal);
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

const digits = z.string().regex(/^\d{1,6}$/);
const seconds = z.union([z.number(), digits.transform(Number)]);

const ticketFields = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: seconds.pipe(z.number().positive().max(longestLifeSeconds)).optional(),
});

const errorFields = z.object({ error: z.enum(documentedErrors), ms_rtc_passiveauthuri: z.string().optional() });

/** What an answer other than 200 means (docs/protocol/ucwa.md §2.4). */
function ticketFailureOf(answer: UpstreamAnswer): TicketFailure {
  const { status, headers, body } = answer;
  const [, errorId] = /^\s*(\d{1,9})\s*(?:;|$)/.exec(String(headers['x-ms-diagnostics'] ?? '')) ?? [];
  // As a cause the number comes into the log. Nothing else depends on it, as the documents demand.
  const diagnostics = { name: 'ServerDiagnostics', code: errorId };
  const cause = errorId === undefined ? undefined : Object.assign(new Error('X-Ms-diagnostics'), diagnostics);
  if (status === 401 && /\b(?:negotiate|ntlm)\b/i.test(headers['www-authenticate'] ?? '')) {
    return new TicketFailure('integrated_windows', status, { cause });
  }
  if (status !== 400) {
    return new TicketFailure('refused', status, { cause, retryAfterSeconds: retryAfterSeconds(answer) });
  }
  const known = errorFields.safeParse(parseLeniently(body)).data;
  if (!known) return new TicketFailure('unusable', status, { cause });
  if (known.ms_rtc_passiveauthuri === undefined) return new TicketFailure(known.error, status, { cause });
  const signInUrl = parseHttpsUrl(known.ms_rtc_passiveauthuri);
  return new TicketFailure('interaction_required', status, { cause, signInUrl });
}

// A string that does not end is taken to the end of the text, so that no part of it is looked at twice.
const stringOrTrailingComma = /("(?:[^"\\]|\\.)*"?)|,(?=\s*[}\]])/g;

/** JSON, or JSON with the trailing comma of UCWA 1.0's errors (seed for Lync 2013); strings stay as they are. */
function parseLeniently(body: string): unknown {
  return parseJson(body) ?? parseJson(body.replace(stringOrTrailingComma, '$1'));
}
