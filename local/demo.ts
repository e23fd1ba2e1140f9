/** `npm run demo`: the story once, from discovery to removal; ends with 0 if everything came as it should. */
import { TableClient } from '@azure/data-tables';
import { startCloud, type Cloud } from './cloud.ts';
import { startHostProcess } from './host/startHostProcess.ts';

const functionKey = 'demo-function-key';
const meetingUrl = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';

type Json = Record<string, unknown>;

let callsShown = 0;
const startedAt = performance.now();
console.log('Anonymous Join, played once on this machine. Starting tables, Entra, Key Vault and the platform …');
const cloud = await startCloud();
const host = await startHostProcess({ functionKey, timers: false, environment: cloud.environment });
try {
  console.log(`The service runs on ${host.url} (${Math.round(performance.now() - startedAt)} ms).`);
  await play(cloud);
  console.log('\nThat was all of it. `npm start` leaves it running for you to try.');
} catch (error) {
  console.error(`\nThe story broke off: ${String(error)}\nThe service wrote:\n${host.output()}`);
  process.exitCode = 1;
} finally {
  await host.stop();
  await cloud.stop();
}

async function play({ simulator }: Cloud): Promise<void> {
  chapter('1. Discovery and capabilities, as the timer checks them every five minutes');
  await call('POST', '/admin/functions/checkDiscovery', 202, {});
  const health = await untilChecked();
  for (const check of health['checks'] as { name: string; steps: Json[] }[]) {
    for (const { name, outcome, latencyMs } of check.steps) {
      console.log(`     ${check.name}: ${String(name)} ${String(outcome)} in ${String(latencyMs)} ms`);
    }
  }

  callsShown = simulator.world.calls.length;

  chapter('2. A customer without an account opens the meeting link: the app asks for a token');
  const first = await call('POST', '/api/v1/anonymous-tokens', 201, { meetingUrl });
  const { applicationSessionId, guestId } = first as { applicationSessionId: string; guestId: string };
  showUpstream(simulator);

  chapter('3. The connection drops. The app asks for a rejoin token for the same applicationSessionId');
  const second = await call('POST', '/api/v1/rejoin-tokens', 200, { applicationSessionId });
  showUpstream(simulator);
  const sameGuest = sessionIn(first) === applicationSessionId && sessionIn(second) === applicationSessionId;
  if (!sameGuest) throw new Error('the rejoin token is not for the same guest');
  console.log('     both tokens carry the same session id (asi): the platform lets the same participant back in');

  chapter('4. The mapping as it is stored: no session id, no meeting, no token in the clear');
  const row = await readRow(cloud, guestId);
  for (const [name, value] of Object.entries(row)) console.log(`     ${name.padEnd(16)} ${shorten(value)}`);

  chapter('5. The verdict that monitors see');
  await call('GET', '/api/health', 200);

  chapter('6. The advisor removes the guest: no more tokens');
  await call('DELETE', `/api/v1/guests/${guestId}`, 200);
  await call('POST', '/api/v1/rejoin-tokens', 410, { applicationSessionId });
}

function chapter(title: string): void {
  console.log(`\n${title}`);
}

/** Calls the service, prints what came back, and throws unless it is the status that the story needs. */
async function call(method: string, path: string, expected: number, body?: Json): Promise<Json> {
  const { status, answer, elapsedMs } = await fetchJson(method, path, body);
  console.log(`  ${method} ${path} → ${status} in ${elapsedMs} ms`);
  for (const [name, value] of Object.entries(answer)) console.log(`     ${name.padEnd(20)} ${shorten(value)}`);
  if (status !== expected) throw new Error(`${method} ${path} answered ${status} instead of ${expected}`);
  return answer;
}

async function fetchJson(
  method: string,
  path: string,
  body?: Json,
): Promise<{ status: number; answer: Json; elapsedMs: number }> {
  const calledAt = performance.now();
  const response = await fetch(host.url + path, {
    method,
    headers: { 'x-functions-key': functionKey, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const elapsedMs = Math.round(performance.now() - calledAt);
  return { status: response.status, answer: text === '' ? {} : (JSON.parse(text) as Json), elapsedMs };
}

/** The host accepts a timer's call at once and runs it on the side, so the report is asked for until it has a check. */
async function untilChecked(): Promise<Json> {
  for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt;) {
    const { answer } = await fetchJson('GET', '/api/v1/health');
    if (answer['checkedAt']) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the check left no result');
}

function showUpstream({ world }: Cloud['simulator']): void {
  const made = world.calls.slice(callsShown).filter(({ service }) => service !== 'identity');
  callsShown = world.calls.length;
  console.log('     what the service called for it:');
  for (const { service, method, host: name, path, status } of made) {
    console.log(`       ${service.padEnd(8)} ${method} ${name}${path} → ${status}`);
  }
}

/** The session id that the platform put into its token (claim `asi`). */
function sessionIn({ token }: Json): unknown {
  const payload = String(token).split('.')[1] ?? '';
  return (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Json)['asi'];
}

async function readRow({ environment }: Cloud, guestId: string): Promise<Json> {
  const client = TableClient.fromConnectionString(environment['TABLES_CONNECTION_STRING'] ?? '', 'guests', {
    allowInsecureConnection: true,
  });
  const { etag, timestamp, ...row } = await client.getEntity(guestId, 'guest');
  return row;
}

function shorten(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 88 ? `${text.slice(0, 60)}…${text.slice(-12)} (${text.length} characters)` : text;
}
