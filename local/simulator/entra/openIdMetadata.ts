import { jsonAnswer, type Answer, type Request } from '../http/exchange.ts';
import type { SigningCertificate } from '../webToken.ts';
import { tenantId } from './entraClients.ts';

/** The OpenID configuration of our tenant. Version 1 has an issuer on another host, as the tokens of that version do. */
export function openIdMetadata({ authority }: Request, version: 1 | 2): Answer {
  const tenant = `https://${authority}/${tenantId}`;
  const issuer = version === 1 ? `https://sts.windows.net/${tenantId}/` : `${tenant}/v2.0`;
  return configuration(tenant, issuer, version === 1 ? '' : 'v2.0/');
}

/** The OpenID configuration of all tenants at once: the issuer is a template that the tenant of a token fills in. */
export function openIdMetadataOfAll({ authority }: Request): Answer {
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
export function signingKeys({ publicKey, thumbprint }: SigningCertificate): Answer {
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  return jsonAnswer(200, { keys: [{ kty, use: 'sig', kid: thumbprint, x5t: thumbprint, n, e }] });
}
