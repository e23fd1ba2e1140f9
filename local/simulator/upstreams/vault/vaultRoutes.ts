import { tenantId } from '../entra/entraClients.ts';
import type { AccessTokens } from '../entra/accessTokens.ts';
import { bearerToken, jsonAnswer, queryParameter, type Answer, type Request } from '../../http/exchange.ts';
import type { Served } from '../../http/serve.ts';
import type { World } from '../../world.ts';
import type { SecretVersion } from './vaultSecrets.ts';

const vaultAudience = 'https://vault.azure.net';

/** Key Vault as far as reading secrets goes. @param entraUrl named in the challenge as the place to get a token */
export function vaultRoutes(world: World, tokens: AccessTokens, entraUrl: string): Served {
  return {
    route: (request) => {
      const [, name, version] = /^\/secrets\/([0-9a-z-]+)\/?(?:([0-9a-f]+)\/?)?$/i.exec(request.path) ?? [];
      return request.method === 'GET' && name !== undefined
        ? {
            operation: 'vault.secret',
            answer: () =>
              refusal(request, tokens, entraUrl) ?? secret(request, name, world.secrets.find(name, version)),
          }
        : { operation: 'unknown', answer: () => vaultError(404, 'NotFound', 'No such resource.') };
    },
    fail: (_, status) =>
      status === 401
        ? challenge(entraUrl, 'Error validating token.')
        : vaultError(status, failures.get(status) ?? 'InternalServerError', 'The vault failed.'),
  };
}

const failures = new Map([
  [403, 'Forbidden'],
  [404, 'SecretNotFound'],
  [429, 'Throttled'],
  [503, 'ServiceUnavailable'],
]);

function refusal(request: Request, tokens: AccessTokens, entraUrl: string): Answer | undefined {
  const token = bearerToken(request);
  if (token === undefined) return challenge(entraUrl, 'AKV10000: Request is missing a Bearer or PoP token.');
  const claims = tokens.check(token);
  if (!claims) return challenge(entraUrl, 'Error validating token.');
  if (claims.aud !== vaultAudience) return challenge(entraUrl, 'AKV10022: Invalid audience.');
  const hasVersion = Boolean(queryParameter(request, 'api-version'));
  return hasVersion ? undefined : vaultError(400, 'BadParameter', 'api-version must be specified');
}

function secret(request: Request, name: string, found: SecretVersion | undefined): Answer {
  if (!found) {
    return vaultError(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`);
  }
  if (!found.enabled) {
    const message = 'Operation get is not allowed on a disabled secret.';
    return vaultError(403, 'Forbidden', message, { innererror: { code: 'SecretDisabled' } });
  }
  const createdSeconds = Math.floor(found.createdAt.getTime() / 1000);
  return jsonAnswer(200, {
    value: found.value,
    contentType: found.contentType,
    id: `https://${request.authority}/secrets/${found.name}/${found.version}`,
    attributes: {
      enabled: true,
      exp: found.expiresAt && Math.floor(found.expiresAt.getTime() / 1000),
      created: createdSeconds,
      updated: createdSeconds,
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
  });
}

function challenge(entraUrl: string, message: string): Answer {
  const authorization = `authorization="${entraUrl}/${tenantId}"`;
  const answer = vaultError(401, 'Unauthorized', message);
  return {
    ...answer,
    headers: { ...answer.headers, 'WWW-Authenticate': `Bearer ${authorization}, resource="${vaultAudience}"` },
  };
}

function vaultError(status: number, code: string, message: string, detail: Record<string, unknown> = {}): Answer {
  return jsonAnswer(status, { error: { code, message, ...detail } });
}
