import * as z from 'zod';
import { parseHttpsUrl } from '../../hostRules.ts';
import { retryAfterSeconds } from '../../net/retryAfter.ts';
import { parseJson } from '../../json.ts';
import type { UpstreamAnswer } from '../../net/transport.ts';

const documented = [
  'invalid_request',
  'invalid_grant',
  'unsupported_grant_type',
  'invalid_scope',
  'server_error',
] as const;

/** The five of the documents, and what else can come of a token request. */
export type TicketFailureCode =
  | (typeof documented)[number]
  /** Nothing was sent: the password grant needs a user name and a password. */
  | 'credentials_missing'
  /** Not bad credentials: somebody has to sign in at a browser. */
  | 'interaction_required'
  | 'integrated_windows'
  | 'refused'
  | 'unusable';

export interface TicketFailureOptions {
  signInUrl?: URL;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** The token endpoint gave no ticket. */
export class TicketFailure extends Error {
  override readonly name = 'TicketFailure';
  readonly code: TicketFailureCode;
  /** 0 if nothing was sent. */
  readonly status: number;
  /** Of `interaction_required`: where a browser signs in, if that is an https URL. For administrators only. */
  readonly signInUrl: URL | undefined;
  /** How long the server asked to be left alone, if it did. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: TicketFailureCode, status: number, options: TicketFailureOptions = {}) {
    const { signInUrl, retryAfterSeconds: seconds, cause } = options;
    super(`web ticket: ${code}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.signInUrl = signInUrl;
    this.retryAfterSeconds = seconds;
  }
}

/** The number in `X-Ms-diagnostics`; as a cause it comes into the log. Nothing else depends on it, as the documents demand. */
class ServerDiagnostics extends Error {
  override readonly name = 'ServerDiagnostics';
  readonly code: string;

  constructor(errorId: string) {
    super('X-Ms-diagnostics');
    this.code = errorId;
  }
}

const errorFields = z.object({ error: z.enum(documented), ms_rtc_passiveauthuri: z.string().optional() });

/** What an answer other than 200 means (docs/protocol/ucwa.md §2.4). */
export function ticketFailureOf(answer: UpstreamAnswer): TicketFailure {
  const { status, headers, body } = answer;
  const [, errorId] = /^\s*(\d{1,9})\s*(?:;|$)/.exec(String(headers['x-ms-diagnostics'] ?? '')) ?? [];
  const cause = errorId === undefined ? undefined : new ServerDiagnostics(errorId);
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
  return new TicketFailure('interaction_required', status, { cause, ...(signInUrl && { signInUrl }) });
}

// A string that does not end is taken to the end of the text, so that no part of it is looked at twice.
const stringOrTrailingComma = /("(?:[^"\\]|\\.)*"?)|,(?=\s*[}\]])/g;

/** JSON, or JSON with the trailing comma of UCWA 1.0's errors (seed for Lync 2013); strings stay as they are. */
function parseLeniently(body: string): unknown {
  return parseJson(body) ?? parseJson(body.replace(stringOrTrailingComma, '$1'));
}
