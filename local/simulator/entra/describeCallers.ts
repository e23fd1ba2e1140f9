import type { SigningCertificate } from '../webToken.ts';
import {
  advisor,
  apiAudience,
  apiClientId,
  type CallerApplication,
  type CallerName,
  type EntraUser,
} from './callers.ts';
import { signCallerToken, signIdToken, type CallerGrant, type Mint } from './callerTokens.ts';
import { tenantId, type EntraClients } from './entraClients.ts';

/** Who calls our service, and with what, where callers prove themselves with Entra. */
export interface Callers {
  /** Our service's registration in Entra, as App Service authentication is told of it. */
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
