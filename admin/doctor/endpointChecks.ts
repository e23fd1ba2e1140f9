import { isPublicAddress } from '../../lib/net/publicAddress.ts';
import type { Lookup } from '../../lib/net/webhookOutlet.ts';
import type { Environment, Settings } from '../../lib/settings.ts';
import { failing, passed, warning, type Examination, type Finding } from '../../lib/platforms/examination.ts';
import { unreachable } from '../../lib/platforms/unreachable.ts';
import type { Configuration } from './configuration.ts';

/** Who may call the service, and whom it calls back. */
export async function checkEndpoints(
  examination: Examination,
  settings: Settings,
  { environment, isComplete }: Configuration,
  lookup: Lookup,
): Promise<void> {
  examination.note('caller-auth', ofCallers(settings, environment, isComplete));
  examination.note('sample-service-endpoints', ofSampleEndpoints(settings));
  examination.note('public-base-url', ofPublicBaseUrl(settings));
  examination.note('webhook-hosts', ofWebhookHosts(settings));
  const { alertWebhookUrl, connectTo } = settings;
  // With a redirection of all calls no name is resolved.
  if (!alertWebhookUrl || connectTo) return;
  const { hostname } = alertWebhookUrl;
  await examination.run('alert-webhook', () => lookup(hostname), {
    explain: (error) => unreachable(error, hostname, 'ALERT_WEBHOOK_URL'),
    judge: (addresses) =>
      addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address))
        ? passed
        : failing(
            `${hostname} has an address that is not public, to which the service posts nothing.`,
            'Set ALERT_WEBHOOK_URL to a webhook on the public internet, such as a flow or a monitoring service.',
          ),
  });
}

function ofCallers({ callerAuth }: Settings, environment: Environment, isComplete: boolean): Finding {
  if (callerAuth.kind === 'function-key') return passed;
  const isOn = environment['WEBSITE_AUTH_ENABLED']?.trim().toLowerCase() === 'true';
  if (isOn) return { status: 'pass', reason: `Applications that may call: ${callerAuth.appIds.join(', ')}.` };
  if (isComplete) {
    return failing(
      'CALLER_AUTH is entra, but App Service authentication is off: every endpoint that needs a caller answers 503.',
      'Turn it on: azd env set CALLER_AUTH entra, then azd provision (infra/README.md, "Entra for callers").',
    );
  }
  const [app, group] = [environment['WEBSITE_SITE_NAME'] ?? 'APP', environment['WEBSITE_RESOURCE_GROUP'] ?? 'GROUP'];
  return warning(
    'CALLER_AUTH is entra, and these settings do not say whether App Service authentication is on.',
    `See that it is enabled and answers 401: az webapp auth show --resource-group ${group} --name ${app}`,
  );
}

function ofSampleEndpoints({ sampleServiceEndpoints }: Settings): Finding {
  if (sampleServiceEndpoints !== 'open') return passed;
  return warning(
    'SAMPLE_SERVICE_ENDPOINTS is open: anybody who knows a meeting link can get tokens for it, and create meetings.',
    'Set SAMPLE_SERVICE_ENDPOINTS to keyed once the clients send a function key.',
  );
}

function ofPublicBaseUrl({ publicBaseUrl }: Settings): Finding {
  if (publicBaseUrl !== undefined) return passed;
  return warning(
    'PUBLIC_BASE_URL is not set: flows cannot subscribe to health (POST /api/v1/health-subscriptions answers 503).',
    'Set PUBLIC_BASE_URL to the https origin at which callers reach the service, such as https://join.contoso.com.',
  );
}

function ofWebhookHosts({ webhookHosts }: Settings): Finding {
  const wide = webhookHosts.filter(({ host }) => !host.includes('.')).map(({ host }) => host);
  if (wide.length === 0) return passed;
  return warning(
    `WEBHOOK_HOSTS lets callback URLs go to every host below ${wide.join(', ')}.`,
    'Name the hosts of the flow service only, such as logic.azure.com.',
  );
}
