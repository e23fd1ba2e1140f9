import type { SipDomain } from '../../hostNames.ts';

/** What a root URL answers: as usual, or in one of the ways after which a client has to try the next root. */
export const rootAnswers = [
  'usual',
  'not-found',
  'cut',
  'silent',
  'redirect-same-domain',
  'redirect-foreign',
  'redirect-http',
  'html',
  'no-links',
  'oversize',
] as const;

/** One of {@link rootAnswers}. */
export type RootAnswer = (typeof rootAnswers)[number];

/**
 * Where the `redirect` link in a body leads (ucwa.md §1.4–1.6): to the web services; to the bare domain; to the second
 * pool; in a circle between the pools; to its own URL; to a new URL each time; to the cloud; to a foreign
 * host; to the second pool over plain http; to a foreign host behind the name of a good one. `cannot-redirect` is the
 * error 410.
 */
export const bodyRedirects = [
  'none',
  'web-services',
  'bare-domain',
  'other-pool',
  'loop',
  'self',
  'endless',
  'online',
  'foreign',
  'http',
  'userinfo',
  'cannot-redirect',
] as const;

/** One of {@link bodyRedirects}. */
export type BodyRedirect = (typeof bodyRedirects)[number];

/** The form of the 401's `WWW-Authenticate` (ucwa.md §2.1). */
export const challengeForms = [
  'two-lines',
  'quoted',
  'unquoted',
  'merged',
  'merged-tight',
  'after-negotiate',
  'duplicate-grants',
  'relative-href',
  'http-href',
  'foreign-href',
  'no-href',
  'bearer-only',
  'negotiate-only',
  'none',
] as const;

/** One of {@link challengeForms}. */
export type ChallengeForm = (typeof challengeForms)[number];

/** How the servers of one SIP domain answer. It can be changed at run time; a change holds from the next request on. */
export interface DeploymentBehaviour {
  /** Lync Server 2013 or Skype for Business Server 2015: error bodies, the path of UCWA (ucwa.md §5). */
  version: '1.0' | '2.0';
  /** What lyncdiscoverinternal answers over https. */
  internalRoot: RootAnswer;
  /** What lyncdiscover answers over https. */
  externalRoot: RootAnswer;
  /** What both answer over plain http; usually the redirect of `httpRedirect`. */
  httpRoot: RootAnswer;
  /** The status of the root answers `redirect-…`. */
  redirectStatus: 301 | 302 | 303 | 307 | 308;
  /** The redirect in a root's body over https. */
  redirect: BodyRedirect;
  /** The redirect in a root's body over plain http. */
  httpRedirect: BodyRedirect;
  /** The redirect in the body of `user` after authentication. */
  postAuthRedirect: BodyRedirect;
  /** Whether the link that a redirect replaces is there too. */
  redirectBesideLink: boolean;
  /** The host of the online root that organizers in the cloud are sent to. */
  onlineHost: string;
  /** How discovery answers: as `Accept` asks, or always in one of the three dialects (ucwa.md §1.10). */
  dialect: 'by-accept' | 'hal' | 'access-location' | 'xml';
  /** The form of the links of a root. */
  userLink: 'absolute' | 'relative' | 'http' | 'foreign';
  /** Which of the two links to UCWA in the older dialects is the right one; the other leads nowhere. */
  accessLocation: 'External' | 'Internal';
  /** A byte order mark before every body of discovery. */
  bom: boolean;
  challenge: ChallengeForm;
  /** The form of UCWA's own challenge. */
  applicationsChallenge: ChallengeForm;
  /** The grants that are advertised and taken. */
  grants: string[];
  /** The passwords of the accounts, by user name in lower case. */
  accounts: Record<string, string>;
  /** The lifetime of an anonymous token. */
  tokenLifetimeSeconds: number;
  signedInLifetimeSeconds: number;
  /** The status with which `user` refuses a bad token (ucwa.md §7.13). */
  badTokenAtUser: 403 | 401;
  /**
   * The status with which UCWA refuses a bad token or another host's: 401, 403 with 28055, or 500 as HTML with 28032.
   */
  badTokenAtApplications: 401 | 403 | 500;
  /** Where UCWA is: on the host that answers `user`; on another pool; on a foreign host. */
  applicationsOn: 'same-host' | 'other-pool' | 'foreign';
  /** The origins of pages that may call the web services across domains, as browsers name them in X-Ms-Origin. */
  crossDomainOrigins: string[];
}

const usualVersions: Record<SipDomain, DeploymentBehaviour['version']> = {
  'contoso.example': '2.0',
  'litware.example': '1.0',
};

/** The behaviour of healthy servers in one pool. */
export function usualDeployment(domain: SipDomain): DeploymentBehaviour {
  const version = usualVersions[domain];
  return {
    version,
    internalRoot: 'usual',
    externalRoot: 'usual',
    httpRoot: 'usual',
    redirectStatus: 302,
    redirect: 'none',
    httpRedirect: 'web-services',
    postAuthRedirect: 'none',
    redirectBesideLink: false,
    onlineHost: 'webdir1e.online.lync.com',
    dialect: 'by-accept',
    userLink: 'absolute',
    accessLocation: 'External',
    bom: false,
    // The Bearer challenge next to it came with the later version (ucwa.md §5).
    challenge: version === '1.0' ? 'unquoted' : 'two-lines',
    applicationsChallenge: version === '1.0' ? 'unquoted' : 'quoted',
    grants: ['urn:microsoft.rtc:windows', 'urn:microsoft.rtc:anonmeeting', 'password'],
    accounts: { johndoe: 'A3ddj3w' },
    tokenLifetimeSeconds: 3600,
    signedInLifetimeSeconds: 28_800,
    badTokenAtUser: 403,
    badTokenAtApplications: 401,
    applicationsOn: 'same-host',
    crossDomainOrigins: [],
  };
}
