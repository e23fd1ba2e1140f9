import { platformHosts } from '../../hostNames.ts';
import { queryParameter, type Request } from '../../http/exchange.ts';
import type { PlatformBehaviour } from './behaviour.ts';
import type { Resource } from './dialect.ts';

/**
 * The endpoint that the tenant registered for the application (trusted-application-api.md §3, "Endpoint registration").
 */
export const endpointId = 'sip:helpdesk@contoso.example';

const applicationsPath = '/platformservice/v1/applications';

/**
 * E1 (trusted-application-api.md §1.6). Its `self` has the internal port 4443, which cannot be reached from outside.
 */
export function discoverResource(request: Request): Resource {
  return {
    rel: 'discover',
    links: {
      self: `https://${request.host}:4443/platformservice/discover${request.query}`,
      applications: `https://${platformHosts.ring}${applicationsPath}`,
      myApplications: `https://${platformHosts.ring}/platformservice/v1/myApplications`,
    },
  };
}

/** E2 (trusted-application-api.md §1.7). */
export function applicationsResource(request: Request, behaviour: PlatformBehaviour): Resource {
  return {
    rel: 'applications',
    links: { self: applicationsPath, application: href(request, behaviour, `?endpointId=${endpointId}`) },
  };
}

/** E3 (trusted-application-api.md §1.8). The links say what is offered. */
export function applicationResource(request: Request, behaviour: PlatformBehaviour): Resource {
  const at = (rest: string, query = '?') => href(request, behaviour, `${rest}${query}endpointId=${endpointId}`);
  const self = (rest: string) =>
    `${applicationsPath}/${behaviour.applicationId}${rest}?endpointId=${encodedEndpointId}`;
  return {
    rel: 'application',
    links: { self: self(''), anonApplicationTokens: at('/anonApplicationTokens') },
    embedded: {
      communication: {
        rel: 'communication',
        links: {
          self: self('/communication'),
          joinOnlineMeeting: at('/communication/onlineMeetingInvitations'),
          inviteUserToMeeting: at('/communication/userMeetingInvitations'),
          startMessaging: at('/communication/messagingInvitations'),
          startAudioVideo: at('/communication/audioVideoInvitations', '?modalities=AudioVideo&'),
          startAudio: at('/communication/audioVideoInvitations', '?modalities=Audio&'),
        },
        properties: { etag: '4294967295' },
      },
      myOnlineMeetings: { rel: 'myOnlineMeetings', links: { self: self('/myOnlineMeetings') } },
      adhocMeetings: {
        rel: 'adhocMeetings',
        links: { self: href(request, behaviour, `/adhocMeetings?endpointId=${encodedEndpointId}`) },
      },
    },
  };
}

/**
 * The `self` of a token (trusted-application-api.md §1.9): at the ring with port 4443, or at the home pool with the
 * mark of a redirect.
 */
export function tokenSelf(request: Request, behaviour: PlatformBehaviour): string {
  const isRing = request.host === platformHosts.ring;
  const path = `${applicationsPath}/${behaviour.applicationId}/anonApplicationTokens?endpointId=${encodedEndpointId}`;
  return `https://${request.host}${isRing ? ':4443' : ''}${path}${isRing ? '' : '&redirect=1'}`;
}

/** The `self` of a created meeting (trusted-application-api.md §7.2): relative always. */
export function meetingSelf(meetingId: string, organizerUri: string, behaviour: PlatformBehaviour): string {
  const path = `${applicationsPath}/${behaviour.applicationId}/adhocMeetings/${meetingId}`;
  return `${path}?endpointId=${encodedEndpointId}&onlineMeetingContext=${organizerUri}`;
}

/** Where the application itself joins a created meeting (E6): at the home pool. */
export function joinMeetingUrl(onlineMeetingUri: string, behaviour: PlatformBehaviour): string {
  const path = `${applicationsPath}/${behaviour.applicationId}/communication/onlineMeetingInvitations`;
  return `https://${platformHosts.homePool}${path}?confUrl=${onlineMeetingUri}&endpointId=${endpointId}`;
}

// `self` links have it in percent-encoding with lower-case digits, the others raw (trusted-application-api.md §1.8).
const encodedEndpointId = encodeURIComponent(endpointId).replace(/%../g, (digits) => digits.toLowerCase());

/** Something of the application's, relative to the host or not, as the behaviour wants it. */
function href(request: Request, behaviour: PlatformBehaviour, rest: string): string {
  const origin = behaviour.hrefs === 'absolute' ? `https://${request.host}` : '';
  return `${origin}${applicationsPath}/${behaviour.applicationId}${rest}`;
}

/**
 * Where a request is redirected to (trusted-application-api.md §1.10). `redirect=1` keeps a pool from redirecting it
 * again.
 */
export function redirectLocation(request: Request, redirect: PlatformBehaviour['redirect']): string | undefined {
  const { homePool, otherPool, foreign } = platformHosts;
  if (redirect === 'none') return undefined;
  const isRedirected = queryParameter(request, 'redirect') === '1';
  if (isRedirected && redirect !== 'loop') return undefined;

  const query = isRedirected ? request.query : `${request.query}&redirect=1`;
  const target = {
    pool: `https://${homePool}`,
    http: `http://${homePool}`,
    foreign: `https://${foreign}`,
    loop: `https://${request.host === homePool ? otherPool : homePool}`,
  }[redirect];
  return `${target}${request.path}${query}`;
}
