/**
 * `npm start`: the local cloud, the service in it and the demo page, until Ctrl-C. PORT and FUNCTION_KEY (environment) are
 * heeded; the page is at the next port.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startCloud } from './cloud.ts';
import { startHostProcess } from './host/startHostProcess.ts';
import { startPage } from './page/page.ts';
import { untilInterrupted } from './untilInterrupted.ts';

const port = Number(process.env['PORT'] ?? 7071);
const functionKey = process.env['FUNCTION_KEY'] ?? randomBytes(24).toString('base64url');
const interrupted = untilInterrupted();

const cloud = await startCloud();
try {
  const { simulator, environment } = cloud;
  const { control } = simulator;
  const ca = readFileSync(environment['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
  let serviceUrl = '';
  const page = await startPage({ simulator, ca, functionKey, serviceUrl: () => serviceUrl, port: port && port + 1 });
  const host = await startHostProcess({
    functionKey,
    port,
    environment: { ...environment, ALLOWED_ORIGINS: `${environment['ALLOWED_ORIGINS'] ?? ''},${page.origin}` },
    echo: true,
  });
  serviceUrl = host.url;
  const key = `-H "x-functions-key: ${functionKey}"`;
  const json = '-H "Content-Type: application/json"';
  console.log(`
Anonymous Join is running on ${host.url}
  demo page         ${page.origin}  (both sides of a meeting, to look at)
  status page       ${host.url}/api/status?code=${functionKey}
  function key      ${functionKey}
  simulator control ${control.url}  (Authorization: Bearer ${control.token})
  tables            ${cloud.azurite.tableEndpoint()}

Issue a token, then rejoin with the applicationSessionId of the answer:
  curl -s ${key} ${json} -d '{"meetingUrl":"https://meet.lync.example/contoso/testuser/1SD8D0WZ"}' ${host.url}/api/v1/anonymous-tokens
  curl -s ${key} ${json} -d '{"applicationSessionId":"PASTE-IT-HERE"}' ${host.url}/api/v1/rejoin-tokens
Who is in the meeting, and how the service is:
  curl -s ${key} ${json} -d '{"meetingUrl":"https://meet.lync.example/contoso/testuser/1SD8D0WZ"}' ${host.url}/api/v1/guests/search
  curl -s -X POST ${key} ${json} -d '{}' ${host.url}/admin/functions/checkDiscovery; curl -s ${host.url}/api/health
Break something, and mend it:
  curl -s -X PUT -H "Authorization: Bearer ${control.token}" ${json} -d '{"status":503}' ${control.url}/faults/platform.tokens
  curl -s -X DELETE -H "Authorization: Bearer ${control.token}" ${control.url}/faults/platform.tokens

Ctrl-C stops everything.
`);
  await interrupted;
  await host.stop();
  await page.stop();
} finally {
  await cloud.stop();
}
