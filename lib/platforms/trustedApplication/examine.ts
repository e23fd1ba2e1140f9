import { EntraTokens } from '../../azure/entraToken.ts';
import { HttpTransport, type Transport } from '../../net/transport.ts';
import { examineSteps, failing, passed, warning, type Advice, type Examination } from '../examination.ts';
import type { ExamineOptions } from '../descriptor.ts';
import type { Observe } from '../recordSteps.ts';
import { unreachable } from '../unreachable.ts';
import { discoveryAdvice, explainToken, publicAuthority, type LastRequest } from './advice.ts';
import { runCheck } from './check.ts';
import { grantGuestJoin, grantOnDemandMeetings, ofPermissions } from './permissions.ts';
import type { TrustedApplicationSettings } from './settings.ts';

/** A step of the health check that has another name for administrators. */
const checkNames: Readonly<Record<string, string>> = {
  credentials: 'entra/token',
  capability: 'trusted-application/guest-join',
};

/** The steps of the health check, without retries, with what Entra says of the tenant and of the permissions. */
export async function examine(
  settings: TrustedApplicationSettings,
  examination: Examination,
  { development, readSecret, transport, now, usableSecrets }: ExamineOptions,
): Promise<void> {
  const { discoverUrl, endpointId, hosts, entra, audience } = settings;
  if (!usableSecrets.has(entra.credential.name) || !(await checkTenant(examination, entra))) return;
  let last: LastRequest = { host: discoverUrl.host, status: undefined };
  const send: Transport = async (request, signal) => {
    last = { host: request.url.host, status: undefined };
    const answer = await transport(request, signal);
    last = { ...last, status: answer.status };
    return answer;
  };
  const tokens = new EntraTokens({ entra, audience, readSecret, development, now });
  const options = { discoverUrl, endpointId, client: { send, tokens, hosts } };
  const check = (observe: Observe) =>
    runCheck(
      options,
      async (step, work) => {
        const value = await observe(step, work);
        if (step === 'credentials') examination.note('entra/permissions', ofPermissions(String(value), entra));
        return value;
      },
      AbortSignal.timeout(20_000),
    );
  const found = await examineSteps(examination, check, {
    nameOf: (step) => checkNames[step] ?? `trusted-application/${step}`,
    explain: (error, step) => {
      if (step === 'credentials') return explainToken(error, settings);
      return step === 'capability' ? notGranted(entra) : discoveryAdvice(error, last, settings);
    },
  });
  if (!found) return;
  examination.note(
    'trusted-application/on-demand-meetings',
    found.value.adhocMeetings
      ? passed
      : warning(
          'The application may not create meetings: POST /api/v1/meetings answers 501.',
          grantOnDemandMeetings(entra),
        ),
  );
}

function notGranted(entra: TrustedApplicationSettings['entra']): Advice {
  return {
    reason: 'The application may not get tokens for guests: its resource has no anonApplicationTokens.',
    nextStep: grantGuestJoin(entra),
  };
}

/** Asked by itself, because to the Azure library an unknown tenant is only an authority that does not answer. */
async function checkTenant(examination: Examination, entra: TrustedApplicationSettings['entra']): Promise<boolean> {
  const { tenantId, authorityHost = publicAuthority } = entra;
  const url = new URL(`/${tenantId}/v2.0/.well-known/openid-configuration`, authorityHost);
  const send = new HttpTransport().send;
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
