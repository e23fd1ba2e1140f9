import { functionKeyHolder, ownerOf, type Caller } from '../callers.ts';
import { parseHttpsUrl } from '../hostRules.ts';
import { canonicalUrl, readMeetingLink } from '../platforms/meetingLinks.ts';
import { Problem } from '../problem.ts';
import { ownedBy, unexpired } from './guestState.ts';
import { openGuest } from './guestTable.ts';
import { guestIdOf, longestMeetingUrl } from './identity.ts';
import { admittedOrigins } from './origins.ts';
import type { GuestDependencies } from './tokenRow.ts';

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
type PreflightCode = (typeof preflightCodes)[number];

/** What a session is to a meeting: `new` also stands for one that was forgotten. */
export const sessionStates = ['new', 'active', 'removed', 'other-meeting'] as const;
type SessionState = (typeof sessionStates)[number];

interface PreflightReason {
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
  readonly caller?: Caller | undefined;
}

interface PreflightDependencies extends Pick<
  GuestDependencies,
  'guests' | 'ring' | 'platforms' | 'allowedOrigins' | 'now'
> {
  /** The status of a platform's last check, or of that of the secrets; undefined if there is none that still counts. */
  readonly lastStatus: (part: string) => Promise<'pass' | 'warn' | 'fail' | undefined>;
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
export async function preflight(deps: PreflightDependencies, request: PreflightRequest): Promise<Preflight> {
  const meeting = readLink(request.meetingUrl, deps.platforms);
  const [session, health] = await Promise.all([
    sessionOf(deps, request, meeting.meetingKey),
    healthOf(deps, meeting.platform),
  ]);
  const areAllowed = areAdmitted(request.allowedOrigins, session.origins ?? deps.allowedOrigins, deps.allowedOrigins);
  const codes: PreflightCode[] = [
    ...(areAllowed ? [] : (['origin-not-allowed'] as const)),
    ...(session.state === 'removed' ? (['guest-removed'] as const) : []),
    ...(session.state === 'other-meeting' ? (['session-bound-to-another-meeting'] as const) : []),
    ...health,
  ];
  const reasons = [...(meeting.reason ? [meeting.reason] : []), ...codes.map(reasonOf)];
  const worst = reasons.some(({ status }) => status === 'fail') ? 'fail' : 'warn';
  return { status: reasons.length > 0 ? worst : 'pass', platform: meeting.platform, session: session.state, reasons };
}

interface ReadLink {
  readonly platform?: string;
  readonly meetingKey?: string;
  readonly reason?: PreflightReason;
}

function readLink(text: string, platforms: PreflightDependencies['platforms']): ReadLink {
  const url = parseHttpsUrl(text);
  if (!url || text.length > longestMeetingUrl) return { reason: reasonOf('meeting-url-malformed') };
  const meetingKey = canonicalUrl(url);
  const read = readMeetingLink(url, platforms);
  if (!read) return { meetingKey, reason: reasonOf('meeting-url-not-supported') };
  const { link } = read;
  const platform = read.platform.name;
  if ('code' in link) return { platform, meetingKey, reason: { ...reasonOf(link.code), ...link } };
  const isIncomplete = url.pathname + url.search === '/';
  return { platform, ...link, ...(isIncomplete && { reason: reasonOf('meeting-url-incomplete') }) };
}

async function sessionOf(
  { guests, ring, now }: PreflightDependencies,
  { applicationSessionId, caller = functionKeyHolder }: PreflightRequest,
  meetingKey: string | undefined,
): Promise<{ state?: SessionState; origins?: readonly string[] }> {
  if (applicationSessionId === undefined) return {};
  const row = unexpired(await guests.read(guestIdOf(applicationSessionId)), now());
  if (!row) return { state: 'new' };
  if (!ownedBy(row, ownerOf(caller))) return { state: 'other-meeting' };
  if (row.state === 'removed') return { state: 'removed' };
  const sealed = await openGuest(ring, row);
  return sealed.meetingKey === meetingKey
    ? { state: 'active', origins: sealed.allowedOrigins }
    : { state: 'other-meeting' };
}

function areAdmitted(
  asked: readonly string[] | undefined,
  defaults: readonly string[],
  configured: readonly string[],
): boolean {
  try {
    admittedOrigins(asked, defaults, configured);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'origin-not-allowed') return false;
    throw error;
  }
}

async function healthOf(
  { lastStatus, secretsName }: PreflightDependencies,
  platform: string | undefined,
): Promise<PreflightCode[]> {
  if (platform === undefined) return [];
  const [status, secrets] = await Promise.all([lastStatus(platform), lastStatus(secretsName)]);
  const ofPlatform = { pass: [], warn: ['platform-degraded'], fail: ['platform-failing'] } as const;
  return [
    ...(status ? ofPlatform[status] : (['platform-not-checked'] as const)),
    ...(secrets === 'fail' ? (['secrets-failing'] as const) : []),
  ];
}

function reasonOf(code: PreflightCode): PreflightReason {
  return { code, ...meanings[code] };
}
