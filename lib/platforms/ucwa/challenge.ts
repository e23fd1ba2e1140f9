import type { UpstreamAnswer } from '../../net/transport.ts';
import { ChallengeFailure } from './failure.ts';
import { isHomedOnline, resolveTokenEndpoint, type Search } from './search.ts';
import { grantTypes } from './webTicket.ts';

/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower-case. */
  readonly scheme: string;
  /** Names in lower-case, values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

// Each is tried at one place only (y), so that reading takes time in proportion to the header's length.
// name = value, the value quoted or, as the seed documents print `href`, bare up to the next comma or blank.
const parameter = /\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))/y;
const scheme = /\s*([\w!#$%&'*+.^`|~-]+)(?=\s|,|$)/y;
const token68 = /\s*[A-Za-z0-9._~+/-]+=*\s*(?=,|$)/y;
const separator = /\s*,/y;
const upToComma = /[^,]*/y;

/**
 * Reads every challenge of a header, or of several that were joined by commas (docs/protocol/ucwa.md §2.1). A word followed
 * by `=` is a parameter, any other begins a challenge. What cannot be read is stepped over up to the next comma, so that a
 * strange challenge never hides the one behind it.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const text = header.replace(/[\r\n]+[ \t]*/g, ' ');
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    return pattern.exec(text);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = match(pattern);
    position += found?.[0].length ?? 0;
    return found;
  };
  while (position < text.length) {
    if (take(separator)) continue;
    const current = challenges.at(-1);
    const pair = take(parameter);
    if (pair) {
      const [, name = '', quoted, bare] = pair;
      // The first of a name counts: a later one could be smuggled in behind it.
      if (current && !current.parameters.has(name.toLowerCase())) {
        current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
      }
      continue;
    }
    const word = take(scheme);
    if (word) {
      challenges.push({ scheme: (word[1] ?? '').toLowerCase(), parameters: new Map() });
      // Negotiate and its like may carry a blob where others have parameters.
      if (!match(parameter) && !match(scheme)) take(token68);
      continue;
    }
    take(upToComma);
  }
  return challenges;
}

/** A comma-separated list in a parameter, such as `grant_type`: trimmed, without empty entries and repetitions. */
export function listOf(challenge: Challenge, name: string): string[] | undefined {
  const value = challenge.parameters.get(name);
  if (value === undefined) return undefined;
  return [...new Set(value.split(',').map((entry) => entry.trim()))].filter((entry) => entry !== '');
}

/** The token endpoint of the first MsRtcOAuth challenge that offers the grant (docs/protocol/ucwa.md §2.1, §7.8). */
export function tokenEndpointOf(
  answer: Pick<UpstreamAnswer, 'headers'>,
  challengedBy: URL,
  search: Pick<Search, 'domain' | 'grant' | 'trust'>,
): URL {
  const challenges = parseChallenges(answer.headers['www-authenticate'] ?? '');
  const tickets = challenges.filter(({ scheme }) => scheme === 'msrtcoauth');
  if (tickets.length === 0) {
    const isOnline = challenges.some(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('authorization_uri'),
    );
    throw new ChallengeFailure(isOnline ? 'homed-online' : 'no-challenge');
  }
  const type = grantTypes[search.grant.kind];
  const offering = tickets.find((ticket) => listOf(ticket, 'grant_type')?.includes(type) ?? true);
  if (!offering) throw new ChallengeFailure('grant-not-offered');
  const href = offering.parameters.get('href');
  if (!href) throw new ChallengeFailure('no-endpoint');
  if (isHomedOnline(href)) throw new ChallengeFailure('homed-online');
  const endpoint = resolveTokenEndpoint(href, challengedBy, search);
  if (!endpoint) throw new ChallengeFailure('endpoint-refused');
  return endpoint;
}
