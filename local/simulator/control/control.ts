import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestListener } from 'node:http';
import * as z from 'zod';
import { bearerToken, jsonAnswer, parseJson, readRequest, type Answer, type Request } from '../http/exchange.ts';
import type { World } from '../world.ts';
import { NotThere } from './controlRoute.ts';
import { controlRoutes } from './controlRoutes.ts';

/** The control API: changes the world from another process. JSON, and the control token as the bearer. */
export function controlListener(world: World, token: string): RequestListener {
  const routes = controlRoutes(world);
  const isToken = sameAs(token);

  const answer = async (request: Request): Promise<Answer> => {
    if (!isToken(bearerToken(request) ?? '')) {
      return jsonAnswer(401, { error: 'Send the control token as a bearer.' }, { 'WWW-Authenticate': 'Bearer' });
    }
    const atPath = routes.filter(({ path }) => path.test(request.path));
    const route = atPath.find(({ method }) => method === request.method);
    if (!route) return jsonAnswer(atPath.length > 0 ? 405 : 404, { error: 'There is no such control.' });
    try {
      const name = route.path.exec(request.path)?.[1] ?? '';
      const result = await route.run(name, request.body === '' ? {} : parseJson(request.body));
      return result === undefined ? { status: 204, headers: {}, body: '' } : jsonAnswer(200, result);
    } catch (error) {
      if (error instanceof z.ZodError) return jsonAnswer(400, { error: sentence(error) });
      if (error instanceof NotThere) return jsonAnswer(404, { error: error.message });
      return jsonAnswer(500, { error: String(error) });
    }
  };

  return (incoming, outgoing) => {
    readRequest(incoming)
      .then(answer)
      .then(({ status, headers, body }) => outgoing.writeHead(status, headers).end(body))
      .catch(() => outgoing.destroy());
  };
}

/** Compares in constant time; digests make the lengths equal. */
function sameAs(secret: string): (text: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (text) => timingSafeEqual(digest(text), expected);
}

function sentence(error: z.ZodError): string {
  const mistakes = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  return `The request is not valid: ${mistakes.join('; ')}.`;
}
