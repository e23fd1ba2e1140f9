import { remember } from '../../calls.ts';
import { platformHosts } from '../../hostNames.ts';
import { type Answer, jsonAnswer, parseJson, type Request } from '../../http/exchange.ts';
import type { Route, Served } from '../../http/serve.ts';
import type { Operation } from '../../operations.ts';
import type { SigningCertificate } from '../../webToken.ts';
import type { World } from '../../world.ts';
import type { AccessTokens } from '../entra/accessTokens.ts';
import { applicationRefusal, tokenRefusal } from './gate.ts';
import { createMeeting } from './meetings.ts';
import { platformError, resourceAnswer, unauthorized, withServerHeaders } from './platformAnswers.ts';
import { applicationResource, applicationsResource, discoverResource } from './resources.ts';
import { issueToken } from './tokens.ts';

interface PlatformRoute {
  operation: Operation;
  hosts: readonly string[];
  method: 'GET' | 'POST';
  /** Of the path in lower case; its group is the application's id. */
  path: RegExp;
  answer(request: Request, applicationId: string | undefined): Answer;
}

const discoverHosts = [platformHosts.discover, platformHosts.guestDiscover];
const applicationHosts = [platformHosts.ring, platformHosts.homePool, platformHosts.otherPool];

/**
 * The platform service, E1 to E5 (trusted-application-api.md §1.5), and the other hosts behind its port. What guests
 * ask (G1 to G3) is in meetings/platformGuestRoutes.ts.
 */
export function platformRoutes(world: World, tokens: AccessTokens, certificate: SigningCertificate): Served {
  const behaviour = world.platform;
  const forApplication = (answer: (request: Request) => Answer) => (request: Request, applicationId?: string) =>
    applicationRefusal(request, tokens, behaviour, applicationId) ?? answer(request);

  const routes: PlatformRoute[] = [
    {
      operation: 'platform.discover',
      hosts: discoverHosts,
      method: 'GET',
      path: /^\/platformservice\/discover\/?$/,
      answer: (request) =>
        (behaviour.requireAuthOnDiscover ? tokenRefusal(request, tokens) : undefined) ??
        resourceAnswer(request, discoverResource(request), behaviour),
    },
    {
      operation: 'platform.applications',
      hosts: applicationHosts,
      method: 'GET',
      path: /^\/platformservice\/v1\/applications\/?$/,
      answer: forApplication((request) => resourceAnswer(request, applicationsResource(request, behaviour), behaviour)),
    },
    {
      operation: 'platform.application',
      hosts: applicationHosts,
      method: 'GET',
      path: /^\/platformservice\/v1\/applications\/([^/]+)\/?$/,
      answer: forApplication((request) => resourceAnswer(request, applicationResource(request, behaviour), behaviour)),
    },
    {
      operation: 'platform.tokens',
      hosts: applicationHosts,
      method: 'POST',
      path: /^\/platformservice\/v1\/applications\/([^/]+)\/anonapplicationtokens\/?$/,
      answer: forApplication((request) => issueToken(request, behaviour, world.now(), certificate)),
    },
    {
      operation: 'platform.meetings',
      hosts: applicationHosts,
      method: 'POST',
      path: /^\/platformservice\/v1\/applications\/([^/]+)\/adhocmeetings\/?$/,
      answer: forApplication((request) => createMeeting(request, behaviour, world.now())),
    },
  ];

  return {
    route,
    fail: (request, status) => withServerHeaders(request, refuse(request, status)),
  };

  function route(request: Request): Route {
    // The listener takes plain http too, for servers on premises; nothing here does.
    if (request.scheme === 'http') return { operation: 'unknown', answer: () => refuse(request, 403) };
    if (request.host === platformHosts.hooks) return hookRoute(world, request);
    // The foreign server accepts every request and answers without content; world.calls has the calls.
    if (request.host === platformHosts.foreign) return { operation: 'unknown', answer: () => empty };

    const path = request.path.toLowerCase();
    const found = routes.find((candidate) => candidate.hosts.includes(request.host) && candidate.path.test(path));
    const answer = () => {
      if (!found) return refuse(request, 404);
      if (found.method !== request.method) return refuse(request, 405);
      return found.answer(request, found.path.exec(path)?.[1]);
    };
    return { operation: found?.operation ?? 'unknown', answer: () => withServerHeaders(request, answer()) };
  }

  function refuse(request: Request, status: number): Answer {
    const message = 'The platform does not serve this request.';
    return status === 401 ? unauthorized(request) : platformError(request, status, { message }, behaviour);
  }
}

const empty: Answer = { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{}' };

/** The host that takes the service's alerts: any path, JSON, 202. */
function hookRoute(world: World, request: Request): Route {
  return {
    operation: 'hooks',
    answer: () => {
      const body = parseJson(request.body);
      if (request.method !== 'POST') return jsonAnswer(405, { error: 'Alerts are posted.' });
      if (body === undefined) return jsonAnswer(400, { error: 'The body is not JSON.' });
      remember(world.alerts, { path: request.path, at: world.now(), body });
      return { status: 202, headers: {}, body: '' };
    },
  };
}
