import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Echo } from './childProcess.ts';
import { startCloud, type Cloud } from './cloud.ts';
import { startHostProcess } from './host/startHostProcess.ts';
import { startPage } from './page/page.ts';

interface StartOptions {
  /** The service's; the demo page is at the next one. 0 takes free ones. */
  port: number;
  /** Default: a random one. */
  functionKey?: string | undefined;
  log: (text: string) => void;
  /** Gets what the service writes. */
  echo: Echo;
  /** Resolves when everything is to be stopped. */
  interrupted: Promise<void>;
}

/** `npm start`: the local cloud, the service in it and the demo page, until it is interrupted. */
export async function runStart({ port, log, echo, interrupted, ...options }: StartOptions): Promise<void> {
  const functionKey = options.functionKey ?? randomBytes(24).toString('base64url');
  const cloud = await startCloud();
  try {
    const { simulator, environment } = cloud;
    const ca = readFileSync(environment['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
    let serviceUrl = '';
    const page = await startPage({ simulator, ca, functionKey, serviceUrl: () => serviceUrl, port: port && port + 1 });
    try {
      const host = await startHostProcess({
        functionKey,
        port,
        environment: { ...environment, ALLOWED_ORIGINS: `${environment['ALLOWED_ORIGINS'] ?? ''},${page.origin}` },
        echo,
      });
      serviceUrl = host.url;
      log(introduction(cloud, { serviceUrl, pageUrl: page.origin, functionKey }));
      await interrupted;
      await host.stop();
    } finally {
      await page.stop();
    }
  } finally {
    await cloud.stop();
  }
}

function introduction(
  { simulator: { control }, azurite }: Cloud,
  { serviceUrl, pageUrl, functionKey }: { serviceUrl: string; pageUrl: string; functionKey: string },
): string {
  const key = `-H "x-functions-key: ${functionKey}"`;
  const json = '-H "Content-Type: application/json"';
  const meeting = `{"meetingUrl":"https://meet.lync.example/contoso/testuser/1SD8D0WZ"}`;
  return `
Anonymous Join is running on ${serviceUrl}
  demo page         ${pageUrl}  (both sides of a meeting, to look at)
  status page       ${serviceUrl}/api/status?code=${functionKey}
  function key      ${functionKey}
  simulator control ${control.url}  (Authorization: Bearer ${control.token})
  tables            ${azurite.tableEndpoint()}

Issue a token, then rejoin with the applicationSessionId of the answer:
  curl -s ${key} ${json} -d '${meeting}' ${serviceUrl}/api/v1/anonymous-tokens
  curl -s ${key} ${json} -d '{"applicationSessionId":"PASTE-IT-HERE"}' ${serviceUrl}/api/v1/rejoin-tokens
Who is in the meeting, and how the service is:
  curl -s ${key} ${json} -d '${meeting}' ${serviceUrl}/api/v1/guests/search
  curl -s -X POST ${key} ${json} -d '{}' ${serviceUrl}/admin/functions/checkDiscovery; curl -s ${serviceUrl}/api/health
Break something, and mend it:
  curl -s -X PUT -H "Authorization: Bearer ${control.token}" ${json} -d '{"status":503}' ${control.url}/faults/platform.tokens
  curl -s -X DELETE -H "Authorization: Bearer ${control.token}" ${control.url}/faults/platform.tokens

Ctrl-C stops everything.
`;
}
