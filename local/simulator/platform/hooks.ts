import { remember } from '../calls.ts';
import { jsonAnswer, parseJson, type Request } from '../http/exchange.ts';
import type { Route } from '../http/serve.ts';
import type { World } from '../world.ts';

/** The host that takes the service's alerts: any path, JSON, 202. */
export function hookRoute(world: World, request: Request): Route {
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
