import { randomUUID } from 'node:crypto';
import { type SigningCertificate, signWebToken } from '../../webToken.ts';
import {
  type AccessTokenVersion,
  advisor,
  apiAudience,
  apiClientId,
  type CallerApplication,
  type CallerName,
  type EntraUser,
} from './callers.ts';
import { type EntraClients, tenantId, tenantId as ourTenantId } from './entraClients.ts';

/**
 * What an application gets a token for. Only the first is needed; the others make the tokens that have to be refused.
 */
export interface CallerGrant {
  application: Pick<CallerApplication, 'clientId' | 'objectId'>;
  /** Default: the application calls in its own name. */
  user?: EntraUser | undefined;
  /** Default: our service. */
  audience?: string | undefined;
  /** Default: 2.0. */
  version?: AccessTokenVersion | undefined;
  /** Default: the one tenant of the simulated Entra. */
  tenantId?: string | undefined;
  /** Negative: the token is expired when it is issued. Default: what Entra gives at the time. */
  lifetimeSeconds?: number | undefined;
}

/** What a token is made with. */
interface Mint {
  certificate: SigningCertificate;
  /** The authority host, `https://login.example`: v2.0 tokens name it. */
  authorityUrl: string;
  lifetimeSeconds: number;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Signs the access token of a caller, with the claims that Entra's v1.0 and v2.0 tokens have ("Access token claims
 * reference"): the application is `appid` in one and `azp` in the other, `scp` is there for users only, and the
 * audience of v2.0 is always the bare client id.
 */
export function signCallerToken(grant: CallerGrant, mint: Mint): string {
  const { application, user, tenantId = ourTenantId, version = '2.0' } = grant;
  const issuedAt = Math.floor(mint.now / 1000);
  const subject = user?.objectId ?? application.objectId;
  const common = {
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + (grant.lifetimeSeconds ?? mint.lifetimeSeconds),
    aio: randomUUID(),
    oid: subject,
    name: user?.name,
    scp: user && 'access_as_user',
    sub: user ? pairwiseId(user) : subject,
    tid: tenantId,
    uti: randomUUID(),
    ver: version,
  };
  const issuerOf1 = `https://sts.windows.net/${tenantId}/`;
  const claims =
    version === '1.0'
      ? {
          aud: grant.audience ?? apiAudience,
          iss: issuerOf1,
          ...common,
          appid: application.clientId,
          appidacr: '1',
          idp: issuerOf1,
          ...(user && { acr: '1', amr: ['pwd', 'mfa'], unique_name: user.userName, upn: user.userName }),
        }
      : {
          aud: grant.audience ?? apiClientId,
          iss: `${mint.authorityUrl}/${tenantId}/v2.0`,
          ...common,
          azp: application.clientId,
          azpacr: '1',
          preferred_username: user?.userName,
        };
  return signed(claims, mint);
}

/** Signs the token with which our service learns who has signed in with a browser. It names no application. */
function signIdToken(user: EntraUser, mint: Mint): string {
  const issuedAt = Math.floor(mint.now / 1000);
  const claims = {
    aud: apiClientId,
    iss: `${mint.authorityUrl}/${ourTenantId}/v2.0`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + mint.lifetimeSeconds,
    name: user.name,
    nonce: randomUUID(),
    oid: user.objectId,
    preferred_username: user.userName,
    sub: pairwiseId(user),
    tid: ourTenantId,
    uti: randomUUID(),
    ver: '2.0',
  };
  return signed(claims, mint);
}

function signed(claims: Record<string, unknown>, { certificate }: Mint): string {
  return signWebToken(claims, certificate, { kid: certificate.thumbprint });
}

/** The same user has another subject for each application. */
function pairwiseId({ objectId }: EntraUser): string {
  return `pairwise-${objectId}`;
}

/** Who calls our service, and with what, where callers prove themselves with Entra. */
export interface Callers {
  /** Our service's registration in Entra, as the settings of App Service authentication have it. */
  readonly api: { openIdIssuer: string; clientId: string; allowedAudiences: string[] };
  /** Their ids, and the secrets that the token endpoint takes. */
  readonly applications: Readonly<Record<CallerName, CallerApplication>>;
  /** A user of the tenant. */
  readonly advisor: EntraUser;
  /** Signs an access token of any kind, also of those that the token endpoint does not issue. */
  readonly accessToken: (grant: CallerGrant) => string;
  /** Signs the token of a user's sign-in to our service. */
  readonly idToken: (user: EntraUser) => string;
}

/** What tests and the local cloud need to know of callers. @param now the clock, in milliseconds since the epoch */
export function describeCallers(
  clients: EntraClients,
  certificate: SigningCertificate,
  authorityUrl: string,
  now: () => number,
): Callers {
  const mint = (): Mint => {
    return { certificate, authorityUrl, lifetimeSeconds: clients.tokenLifetimeSeconds, now: now() };
  };
  return {
    api: {
      openIdIssuer: `${authorityUrl}/${tenantId}/v2.0`,
      clientId: apiClientId,
      allowedAudiences: [apiAudience],
    },
    applications: clients.callers,
    advisor,
    accessToken: (grant) => signCallerToken({ version: clients.callerTokenVersion, ...grant }, mint()),
    idToken: (user) => signIdToken(user, mint()),
  };
}
