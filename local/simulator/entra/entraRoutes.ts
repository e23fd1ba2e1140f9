import { jsonAnswer, type Answer, type Request } from '../http/exchange.ts';
import type { Route, Served } from '../http/serve.ts';
import type { World } from '../world.ts';
import type { AccessTokens } from './accessTokens.ts';
import { assertionFlaw } from './clientAssertion.ts';
import { clientId, tenantId } from './entraClients.ts';
import { entraError, type EntraErrorCode } from './entraErrors.ts';

/** Entra as its clients see it: OpenID metadata, and the v2 token endpoint for client credentials. */
export function entraRoutes(world: World, tokens: AccessTokens): Served {
  return { route, fail: (_, status) => ({ ...entraError(90033, world.now()), status }) };

  function route(request: Request): Route {
    const [, tenant = '', resource = ''] = /^\/([^/]+)\/(.+)$/.exec(request.path.toLowerCase()) ?? [];
    const known = tenant === tenantId;
    const unknownTenant = () => entraError(90002, world.now());
    switch (`${request.method} ${resource}`) {
      case 'GET v2.0/.well-known/openid-configuration':
        return { operation: 'entra.metadata', answer: () => (known ? metadata(request) : unknownTenant()) };
      case 'POST oauth2/v2.0/token':
        return { operation: 'entra.token', answer: () => (known ? token(request, world, tokens) : unknownTenant()) };
      default:
        return { operation: 'unknown', answer: () => jsonAnswer(404, {}) };
    }
  }
}

function metadata({ authority }: Request): Answer {
  const tenant = `https://${authority}/${tenantId}`;
  return jsonAnswer(200, {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
}

function token(request: Request, world: World, tokens: AccessTokens): Answer {
  const form = new URLSearchParams(request.body);
  const refuse = (code: EntraErrorCode) => entraError(code, world.now());

  const grantType = form.get('grant_type');
  if (grantType === null || !form.has('client_id')) return refuse(90014);
  if (grantType !== 'client_credentials') return refuse(70003);
  if (form.get('client_id')?.toLowerCase() !== clientId) return refuse(700016);

  const assertion = form.get('client_assertion');
  const flaw =
    assertion === null
      ? secretFlaw(form.get('client_secret'), world)
      : assertionFlaw(assertion, {
          certificates: world.entra.certificates,
          audiences: ['oauth2/v2.0/token', 'v2.0'].map((end) => `https://${request.authority}/${tenantId}/${end}`),
          now: world.now(),
        });
  if (flaw !== undefined) return refuse(flaw);

  const audience = scopedResource(form.get('scope') ?? '');
  if (audience === undefined) return refuse(1002012);
  const proof = assertion === null ? 'secret' : 'certificate';
  const issued = tokens.issue({ audience, appId: clientId, proof });
  return jsonAnswer(200, {
    token_type: 'Bearer',
    expires_in: issued.lifetimeSeconds,
    ext_expires_in: issued.lifetimeSeconds,
    access_token: issued.token,
  });
}

function secretFlaw(secret: string | null, world: World): EntraErrorCode | undefined {
  if (secret === null) return 7000216;
  return world.entra.acceptedSecrets.includes(secret) ? undefined : 7000215;
}

/** The resource of `<resource>/.default`. MSAL adds OpenID scopes of its own, which do not count. */
function scopedResource(scope: string): string | undefined {
  const resources = scope.split(' ').flatMap((part) => /^(.+)\/\.default$/.exec(part)?.[1] ?? []);
  return resources.length === 1 ? resources[0] : undefined;
}
