import { jsonAnswer, queryParameter, type Answer, type Request } from '../../http/exchange.ts';
import type { Served } from '../../http/serve.ts';
import type { AccessTokens } from './accessTokens.ts';

/** The client id of the system-assigned identity; a call may name a user-assigned one, and gets a token for that. */
const systemAssigned = '0a1b2c3d-0000-4000-8000-0000000000f1';

/** Where App Service puts it; the port is the simulator's. */
export const identityPath = '/msi/token';

/** The token endpoint that App Service gives its apps (`IDENTITY_ENDPOINT`), version 2019-08-01. */
export function managedIdentityRoutes(secret: string, tokens: AccessTokens): Served {
  return {
    route: (request) =>
      request.method === 'GET' && request.path === identityPath
        ? { operation: 'identity.token', answer: () => token(request, secret, tokens) }
        : { operation: 'unknown', answer: () => refuse(404, 'No such resource.') },
    fail: (_, status) => refuse(status, 'The identity service failed.'),
  };
}

function token(request: Request, secret: string, tokens: AccessTokens): Answer {
  const proof = request.headers['x-identity-header'];
  if (proof === undefined) return refuse(401, 'The X-IDENTITY-HEADER header is missing.');
  if (proof !== secret) return refuse(403, 'The X-IDENTITY-HEADER header is not the one of this app.');
  if (queryParameter(request, 'api-version') !== '2019-08-01') return refuse(400, 'Unsupported api-version.');
  const resource = queryParameter(request, 'resource');
  if (!resource) return refuse(400, 'The resource query parameter is missing.');

  const appId = queryParameter(request, 'client_id') ?? systemAssigned;
  const issued = tokens.issue({ audience: resource, appId, proof: 'managed-identity' });
  return jsonAnswer(200, {
    access_token: issued.token,
    expires_on: String(issued.expiresAtSeconds),
    resource,
    token_type: 'Bearer',
    client_id: appId,
  });
}

function refuse(statusCode: number, message: string): Answer {
  return jsonAnswer(statusCode, { statusCode, message });
}
