import { createEntraTokens, type EntraTokens } from '../../lib/azure/entraToken.ts';
import type { ReadSecret } from '../../lib/azure/vault.ts';
import { createTransport } from '../../lib/net/transport.ts';
import type { TrustedApplicationSettings } from '../../lib/settings/trustedApplication.ts';
import { aadstsAdvice } from './aadsts.ts';
import { causesOf } from './causes.ts';
import { failing, passed, type Advice, type Examination } from './examination.ts';
import { ofPermissions } from './permissions.ts';
import { unreachable } from './unreachable.ts';

const publicAuthority = 'https://login.microsoftonline.com';

export interface EntraOptions {
  readonly application: TrustedApplicationSettings;
  readonly development: boolean;
  readonly readSecret: ReadSecret;
  readonly now: () => number;
}

/** Tenant, token and what the token says of permissions. Answers the tokens if there are any. */
export async function checkEntra(examination: Examination, options: EntraOptions): Promise<EntraTokens | undefined> {
  const { application, development, readSecret, now } = options;
  const { entra, audience } = application;
  if (!(await checkTenant(examination, entra))) return undefined;
  const tokens = createEntraTokens({ entra, audience, readSecret, settings: { development }, now });
  const token = await examination.run('entra/token', () => tokens.get(), {
    explain: (error) => explainToken(error, application),
  });
  if (!token) return undefined;
  examination.note('entra/permissions', ofPermissions(token.value, entra));
  return tokens;
}

/** Asked by itself, because to the Azure library an unknown tenant is only an authority that does not answer. */
async function checkTenant(examination: Examination, entra: TrustedApplicationSettings['entra']): Promise<boolean> {
  const { tenantId, authorityHost = publicAuthority } = entra;
  const url = new URL(`/${tenantId}/v2.0/.well-known/openid-configuration`, authorityHost);
  const send = createTransport();
  const status = await examination.run(
    'entra/tenant',
    async () => (await send({ method: 'GET', url }, AbortSignal.timeout(10_000))).status,
    {
      explain: (error) => unreachable(error, url.host, 'ENTRA_AUTHORITY_HOST'),
      judge: (answered) => {
        if (answered === 200) return passed;
        if (answered === 400 || answered === 404) {
          return failing(
            `Entra ID has no tenant ${tenantId} in this cloud.`,
            'Correct ENTRA_TENANT_ID (az account show --query tenantId), or ENTRA_AUTHORITY_HOST if it is in another cloud.',
          );
        }
        return failing(
          `Entra ID answers ${answered} when asked for the tenant.`,
          'Run the doctor again; if it stays, see the health of Entra ID, and what answers at its host.',
        );
      },
    },
  );
  return status !== undefined;
}

/** Why there is no token. */
export function explainToken(error: unknown, application: TrustedApplicationSettings): Advice | undefined {
  const [number] = causesOf(error).flatMap(({ message }) => /AADSTS(\d{4,8})\b/.exec(message)?.[1] ?? []);
  if (number !== undefined) return aadstsAdvice(Number(number), application);
  const { host } = new URL(application.entra.authorityHost ?? publicAuthority);
  const offline = unreachable(error, host, 'ENTRA_AUTHORITY_HOST');
  if (offline) return offline;
  const isOurs = causesOf(error).some(({ code }) => code === 'platform-unavailable' || code === 'platform-refused');
  if (!isOurs) return undefined;
  return {
    reason: 'Entra ID gives no token, and not a reason that the doctor knows.',
    nextStep:
      'Run the doctor again; if it stays, see the health of Entra ID, and whether a proxy answers in its place.',
  };
}
