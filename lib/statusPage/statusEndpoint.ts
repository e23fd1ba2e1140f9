import type { HttpFunctionOptions, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { HealthHistory } from '../health/history.ts';
import type { Problem } from '../problem.ts';
import { readRegistrationSettings, theSettings } from '../settings.ts';
import type { Trace } from '../telemetry.ts';
import { everyAnswer, headersOfRefusal, loggedHandler } from '../http/loggedHandler.ts';
import { pageHeaders } from './document.ts';
import { refusalPage } from './refusalPage.ts';
import { statusPage } from './statusPage.ts';
import { viewerOf } from './viewer.ts';

/**
 * The page as a function: what `endpoint` is to the endpoints of the contract, for people with a browser. A status of fail is
 * shown with 200: it is not the page that failed.
 */
export function statusEndpoint(history: () => Promise<HealthHistory>): HttpFunctionOptions {
  // As with the other endpoints: function keys are checked by the host, which a browser sends as `?code=`.
  const checksViewer = readRegistrationSettings(process.env).callerAuth === 'entra';
  const answer = async (request: HttpRequest, trace: Trace): Promise<HttpResponseInit> => {
    const viewer = checksViewer ? viewerOf(request, theSettings().callerAuth) : '';
    if (viewer) trace.caller = viewer;
    return { status: 200, headers: { ...everyAnswer, ...pageHeaders }, body: statusPage(await history()) };
  };
  const refuse = (problem: Problem, invocationId: string): HttpResponseInit => ({
    status: problem.status,
    headers: { ...headersOfRefusal(problem), ...pageHeaders },
    body: refusalPage(problem, invocationId),
  });
  return {
    methods: ['GET'],
    authLevel: checksViewer ? 'anonymous' : 'function',
    route: 'status',
    handler: loggedHandler({ endpoint: 'GetStatus', answer, refuse }),
  };
}
