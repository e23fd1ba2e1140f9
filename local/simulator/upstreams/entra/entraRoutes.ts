import { type Answer, jsonAnswer, type Request } from '../../http/exchange.ts';
import type { Route, Served } from '../../http/serve.ts';
import type { SigningCertificate } from '../../webToken.ts';
import type { World } from '../../world.ts';
import type { AccessTokens } from './accessTokens.ts';
import { signCallerToken } from './callerTokens.ts';
import { type CallerApplication, isOurApi } from './callers.ts';
import { assertionFlaw } from './clientAssertion.ts';
import { clientId, tenantId } from './entraClients.ts';
import { entraError, type EntraErrorCode } from './entraErrors.ts';

/** Entra as its clients see it: OpenID metadata and keys, and the v2 token endpoint for client credentials. */
export function entraRoutes(world: World, tokens: AccessTokens, certificate: SigningCertificate): Served {
  return { route, fail: (_, status) => ({ ...entraError(90033, world.now()), status }) };

  function route(request: Request): Route {
    const [, tenant = '', resource = ''] = /^\/([^/]+)\/(.+)$/.exec(request.path.toLowerCase()) ?? [];
    const known = tenant === tenantId;
    const everyTenant = tenant === 'organizations';
    const unknownTenant = () => entraError(90002, world.now());
    switch (`${request.method} ${resource}`) {
      case 'GET .well-known/openid-configuration':
        return metadata(() => (known ? openIdMetadata(request, 1) : unknownTenant()));
      case 'GET v2.0/.well-known/openid-configuration':
        if (everyTenant) return metadata(() => openIdMetadataOfAll(request));
        return metadata(() => (known ? openIdMetadata(request, 2) : unknownTenant()));
      case 'GET discovery/keys':
      case 'GET discovery/v2.0/keys':
        return metadata(() => (known || everyTenant ? signingKeys(certificate) : unknownTenant()));
      case 'POST oauth2/v2.0/token':
        return { operation: 'entra.token', answer: () => (known ? token(request) : unknownTenant()) };
      default:
        return { operation: 'unknown', answer: () => jsonAnswer(404, {}) };
    }
  }

  function token(request: Request): Answer {
    const form = new URLSearchParams(request.body);
    const grantType = form.get('grant_type');
    if (grantType === null || !form.has('client_id')) return refuse(90014);
    if (grantType !== 'client_credentials') return refuse(70003);
    const appId = form.get('client_id')?.toLowerCase();
    if (appId === clientId) return platformToken(request, form);
    const caller = Object.values(world.entra.callers).find((application) => application.clientId === appId);
    return caller ? callerToken(request, form, caller) : refuse(700016);
  }

  /** For our own application, as which the service calls others. */
  function platformToken(request: Request, form: URLSearchParams): Answer {
    const assertion = form.get('client_assertion');
    const flaw =
      assertion === null
        ? secretFlaw(form, world.entra.acceptedSecrets)
        : assertionFlaw(assertion, {
            certificates: world.entra.certificates,
            audiences: ['oauth2/v2.0/token', 'v2.0'].map((end) => `https://${request.authority}/${tenantId}/${end}`),
            now: world.now(),
          });
    if (flaw !== undefined) return refuse(flaw);

    const audience = scopedResource(form);
    if (audience === undefined) return refuse(1002012);
    const proof = assertion === null ? 'secret' : 'certificate';
    const issued = tokens.issue({ audience, appId: clientId, proof });
    return tokenAnswer(issued.token, issued.lifetimeSeconds);
  }

  /** For an application that calls our service, and may call no other. */
  function callerToken(request: Request, form: URLSearchParams, application: CallerApplication): Answer {
    const flaw = secretFlaw(form, [application.secret]);
    if (flaw !== undefined) return refuse(flaw);
    const resource = scopedResource(form);
    if (resource === undefined) return refuse(1002012);
    if (!isOurApi(resource)) return refuse(500011);
    const { callerTokenVersion: version, tokenLifetimeSeconds: lifetimeSeconds } = world.entra;
    const authorityUrl = `https://${request.authority}`;
    const mint = { certificate, authorityUrl, lifetimeSeconds, now: world.now() };
    return tokenAnswer(signCallerToken({ application, version }, mint), lifetimeSeconds);
  }

  function refuse(code: EntraErrorCode): Answer {
    return entraError(code, world.now());
  }
}

function metadata(answer: () => Answer): Route {
  return { operation: 'entra.metadata', answer };
}

function tokenAnswer(token: string, lifetimeSeconds: number): Answer {
  return jsonAnswer(200, {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: token,
  });
}

function secretFlaw(form: URLSearchParams, accepted: readonly string[]): EntraErrorCode | undefined {
  const secret = form.get('client_secret');
  if (secret === null) return 7000216;
  return accepted.includes(secret) ? undefined : 7000215;
}

/** The resource of `<resource>/.default`. MSAL adds OpenID scopes of its own, which do not count. */
function scopedResource(form: URLSearchParams): string | undefined {
  const resources = (form.get('scope') ?? '').split(' ').flatMap((part) => /^(.+)\/\.default$/.exec(part)?.[1] ?? []);
  return resources.length === 1 ? resources[0] : undefined;
}

/**
 * The OpenID configuration of our tenant. Version 1 has an issuer on another host, as the tokens of that version do.
 */
function openIdMetadata({ authority }: Request, version: 1 | 2): Answer {
  const tenant = `https://${authority}/${tenantId}`;
  const issuer = version === 1 ? `https://sts.windows.net/${tenantId}/` : `${tenant}/v2.0`;
  return configuration(tenant, issuer, version === 1 ? '' : 'v2.0/');
}

/** The OpenID configuration of all tenants at once: the issuer is a template that the tenant of a token fills in. */
function openIdMetadataOfAll({ authority }: Request): Answer {
  const issuer = `https://${authority}/{tenantid}/v2.0`;
  return configuration(`https://${authority}/organizations`, issuer, 'v2.0/');
}

function configuration(base: string, issuer: string, version: '' | 'v2.0/'): Answer {
  return jsonAnswer(200, {
    issuer,
    authorization_endpoint: `${base}/oauth2/${version}authorize`,
    token_endpoint: `${base}/oauth2/${version}token`,
    jwks_uri: `${base}/discovery/${version}keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
}

/** The keys that tokens are signed with (RFC 7517): one for all tenants, as Entra's are. */
function signingKeys({ publicKey, thumbprint }: SigningCertificate): Answer {
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  return jsonAnswer(200, { keys: [{ kty, use: 'sig', kid: thumbprint, x5t: thumbprint, n, e }] });
}
