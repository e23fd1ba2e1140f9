import type { HealthHistory } from '../health/history.ts';
import { authenticateViewer } from '../http/authenticate.ts';
import type { HttpEndpoint } from '../http/pipeline.ts';
import { everyAnswer, headersOfRefusal } from '../http/responses.ts';
import { pageHeaders } from './document.ts';
import { refusalPage } from './refusalPage.ts';
import { statusPage } from './statusPage.ts';

/** The page for people with a browser. A service that fails is shown with 200: it is not the page that failed. */
export const statusEndpoint: HttpEndpoint<undefined, HealthHistory> = {
  name: 'GetStatus',
  method: 'GET',
  route: 'status',
  auth: 'caller',
  authenticate: authenticateViewer,
  validate: () => Promise.resolve(undefined),
  handle: (_, { history }) => history(),
  respond: (history) => ({
    status: 200,
    headers: { ...everyAnswer, ...pageHeaders },
    body: statusPage(history),
  }),
  refuse: (problem, invocationId) => ({
    status: problem.status,
    headers: { ...headersOfRefusal(problem), ...pageHeaders },
    body: refusalPage(problem, invocationId),
  }),
};
