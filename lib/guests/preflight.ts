import { parseHttpsUrl } from '../hostRules.ts';
import { readMeetingLink } from '../platforms/meetingLinks.ts';
import { Problem } from '../problem.ts';
import type { CallerId } from '../settings/callers.ts';
import type { AdmissionOptions } from './admission.ts';
import { guestIdOf, longestMeetingUrl, normalizeMeetingUrl } from './identity.ts';
import { admittedOrigins } from './origins.ts';
import { openGuest } from './sealedGuest.ts';
import { ownedBy, unexpired } from './standing.ts';

/** Why a join may not work. Codes that errors have too mean the same here. */
export const preflightCodes = [
  'meeting-url-malformed',
  'meeting-url-incomplete',
  'meeting-url-not-supported',
  'origin-not-allowed',
  'guest-removed',
  'session-bound-to-another-meeting',
  'platform-failing',
  'platform-degraded',
  'platform-not-checked',
  'secrets-failing',
] as const;
export type PreflightCode = (typeof preflightCodes)[number];

/** What a session is to a meeting: `new` also stands for one that was forgotten. */
export const sessionStates = ['new', 'active', 'removed', 'other-meeting'] as const;
export type SessionState = (typeof sessionStates)[number];

export interface PreflightReason {
  readonly code: PreflightCode;
  readonly status: 'warn' | 'fail';
  readonly detail: string;
  readonly nextStep: string;
}

export interface Preflight {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly platform: string | undefined;
  readonly session: SessionState | undefined;
  readonly reasons: readonly PreflightReason[];
}

export interface PreflightRequest {
  /** As it was pasted; need not be a URL at all. */
  readonly meetingUrl: string;
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly applicationSessionId?: string | undefined;
  readonly caller?: CallerId;
}

export interface PreflightOptions extends Pick<
  AdmissionOptions,
  'guests' | 'ring' | 'platforms' | 'allowedOrigins' | 'now'
> {
  /** The verdict of a platform's last check, or of that of the secrets; undefined if there is none that still counts. */
  readonly lastVerdict: (part: string) => Promise<'pass' | 'warn' | 'fail' | undefined>;
  readonly secretsName: string;
}

const askForLink = "Ask for the meeting's join link again, and send it as it is in the invitation.";
const askAdministrator = 'Ask the administrator to see to it';
const meanings: Record<PreflightCode, Omit<PreflightReason, 'code'>> = {
  'meeting-url-malformed': {
    status: 'fail',
    detail: `The link is not an https URL on a DNS name, of at most ${longestMeetingUrl} characters and without blanks.`,
    nextStep: askForLink,
  },
  'meeting-url-incomplete': {
    status: 'fail',
    detail: 'The link names a meeting host but no meeting.',
    nextStep: askForLink,
  },
  'meeting-url-not-supported': {
    status: 'fail',
    detail: 'The link is not on a meeting host of this service.',
    nextStep: `${askForLink} If it is right, the administrator can add its host to the settings.`,
  },
  'origin-not-allowed': {
    status: 'fail',
    detail: 'An origin is not allowed, or none of those that the guest came with is any more.',
    nextStep: 'Send only origins that the administrator listed in ALLOWED_ORIGINS.',
  },
  'guest-removed': {
    status: 'fail',
    detail: 'The guest of this session was removed.',
    nextStep: 'To admit the person again, issue a token for a new session.',
  },
  'session-bound-to-another-meeting': {
    status: 'fail',
    detail: 'The session belongs to another meeting.',
    nextStep: 'Use another applicationSessionId for this meeting.',
  },
  'platform-failing': {
    status: 'fail',
    detail: "The meeting platform's last check failed.",
    nextStep: `${askAdministrator}: GET /api/v1/health says which step failed. Another way to meet may be quicker.`,
  },
  'platform-degraded': {
    status: 'warn',
    detail: "The meeting platform's last check was slow or found something that ends soon.",
    nextStep: `Go on. ${askAdministrator}: GET /api/v1/health says what it was.`,
  },
  'platform-not-checked': {
    status: 'warn',
    detail: 'The meeting platform was not checked lately.',
    nextStep: `Go on. ${askAdministrator}: the timer checkDiscovery should run every few minutes.`,
  },
  'secrets-failing': {
    status: 'warn',
    detail: 'A secret of the service cannot be read, or has expired.',
    nextStep: `Go on while it works. ${askAdministrator}: GET /api/v1/health says which secret it is.`,
  },
};

/** Says whether a join will work, and if not why, from what is known: nothing is minted, and no platform is called. */
export function createPreflight(options: PreflightOptions): (request: PreflightRequest) => Promise<Preflight> {
  const { guests, ring, platforms, now, lastVerdict, secretsName } = options;

  const linkOf = (text: string): { platform?: string; code?: PreflightCode } => {
    const url = parseHttpsUrl(text);
    if (!url || text.length > longestMeetingUrl) return { code: 'meeting-url-malformed' };
    const platform = readMeetingLink(url, platforms)?.platform.name;
    if (!platform) return { code: 'meeting-url-not-supported' };
    return { platform, ...(url.pathname + url.search === '/' && { code: 'meeting-url-incomplete' }) };
  };

  const sessionOf = async (
    request: PreflightRequest,
  ): Promise<{ state?: SessionState; origins?: readonly string[] }> => {
    const { applicationSessionId, meetingUrl, caller = '' } = request;
    if (applicationSessionId === undefined) return {};
    const row = unexpired(await guests.read(guestIdOf(applicationSessionId)), now());
    if (!row) return { state: 'new' };
    if (!ownedBy(row, caller)) return { state: 'other-meeting' };
    if (row.state === 'removed') return { state: 'removed' };
    const sealed = await openGuest(ring, row);
    const isHere = normalizeMeetingUrl(sealed.meetingUrl) === normalizeMeetingUrl(meetingUrl);
    return isHere ? { state: 'active', origins: sealed.allowedOrigins } : { state: 'other-meeting' };
  };

  const areAdmitted = (asked: readonly string[] | undefined, defaults: readonly string[]): boolean => {
    try {
      admittedOrigins(asked, defaults, options.allowedOrigins);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'origin-not-allowed') return false;
      throw error;
    }
  };

  const healthOf = async (platform: string | undefined): Promise<PreflightCode[]> => {
    if (platform === undefined) return [];
    const [verdict, secrets] = await Promise.all([lastVerdict(platform), lastVerdict(secretsName)]);
    const ofPlatform = { pass: [], warn: ['platform-degraded'], fail: ['platform-failing'] } as const;
    return [
      ...(verdict ? ofPlatform[verdict] : (['platform-not-checked'] as const)),
      ...(secrets === 'fail' ? (['secrets-failing'] as const) : []),
    ];
  };

  return async (request) => {
    const link = linkOf(request.meetingUrl);
    const [session, health] = await Promise.all([sessionOf(request), healthOf(link.platform)]);
    const areAllowed = areAdmitted(request.allowedOrigins, session.origins ?? options.allowedOrigins);
    const codes: PreflightCode[] = [
      ...(link.code ? [link.code] : []),
      ...(areAllowed ? [] : (['origin-not-allowed'] as const)),
      ...(session.state === 'removed' ? (['guest-removed'] as const) : []),
      ...(session.state === 'other-meeting' ? (['session-bound-to-another-meeting'] as const) : []),
      ...health,
    ];
    const reasons = codes.map((code) => ({ code, ...meanings[code] }));
    const worst = reasons.some(({ status }) => status === 'fail') ? 'fail' : 'warn';
    return { status: reasons.length > 0 ? worst : 'pass', platform: link.platform, session: session.state, reasons };
  };
}
