/** `npm run demo`: the story once on each platform, from discovery to removal; ends with 0 if everything came as it should. */
import { TableClient } from '@azure/data-tables';
import { readFileSync } from 'node:fs';
import { AnonymousJoinProblem, createAnonymousJoinClient, type HealthReport } from '../client/client.ts';
import { joinMeeting } from '../client/guest/guest.ts';
import { startCloud, type Cloud } from './cloud.ts';
import { reached, showRoster, showSteps } from './demoGuest.ts';
import { connectTo } from './guestNetwork.ts';
import { startHostProcess } from './host/startHostProcess.ts';
import type { World } from './simulator/world.ts';

type Json = Record<string, unknown>;

/** A meeting on one platform. */
interface Stage {
  platform: string;
  meetingUrl: string;
}

const stages: readonly Stage[] = [
  { platform: 'the Trusted Application API', meetingUrl: 'https://meet.lync.example/contoso/testuser/1SD8D0WZ' },
  { platform: 'UCWA 2.0 on premises', meetingUrl: 'https://meet.contoso.example/john/5LB7MRBC' },
];

const functionKey = 'demo-function-key';
const startedAt = performance.now();
console.log('Anonymous Join, played once on this machine. Starting tables, Entra, Key Vault and the platforms …');
const cloud = await startCloud();
const host = await startHostProcess({ functionKey, timers: false, environment: cloud.environment });
// What an app has, and has printed here; and the same in silence.
const app = createAnonymousJoinClient({ baseUrl: host.url, authorize: functionKey, fetch: printed });
const observer = createAnonymousJoinClient({ baseUrl: host.url, authorize: functionKey });
const ca = readFileSync(cloud.environment['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
const connections = connectTo(cloud.simulator.platform.port, ca);
try {
  console.log(`The service runs on ${host.url} (${Math.round(performance.now() - startedAt)} ms).`);
  await playHealth();
  for (const stage of stages) await playGuest(stage, cloud);
  chapter('The verdict that monitors see');
  if ((await app.healthStatus()).status === 'fail') throw new Error('the verdict is fail');
  console.log('\nThat was all of it. `npm start` leaves it running for you to try.');
} catch (error) {
  console.error(`\nThe story broke off: ${String(error)}\nThe service wrote:\n${host.output()}`);
  process.exitCode = 1;
} finally {
  connections.stop();
  await host.stop();
  await cloud.stop();
}

async function playHealth(): Promise<void> {
  chapter('Discovery and capabilities, as the timer checks them every five minutes');
  await printed(`${host.url}/admin/functions/checkDiscovery`, {
    method: 'POST',
    headers: { 'x-functions-key': functionKey, 'content-type': 'application/json' },
    body: '{}',
  });
  const { checks } = await untilChecked();
  for (const check of checks) {
    for (const { name, outcome, latencyMs } of check.steps) {
      console.log(`     ${check.name}: ${name} ${outcome} in ${latencyMs} ms`);
    }
  }
}

async function playGuest({ platform, meetingUrl }: Stage, { simulator: { world } }: Cloud): Promise<void> {
  chapter(`A customer without an account opens a meeting link on ${platform}: the app asks for a token`);
  const first = await observed(world, () => app.issue({ meetingUrl }));
  const { applicationSessionId, guestId } = first;

  chapter('With the token the customer joins the meeting, as Dana');
  const network = connections.newNetwork();
  const session = joinMeeting({
    join: first,
    rejoin: (options) => app.rejoin({ applicationSessionId }, options),
    displayName: 'Dana',
    fetch: network.fetch,
  });
  showSteps(session);
  await reached(session, 'joined');
  const before = showRoster(world);

  chapter('The connection drops. The app asks for a rejoin token for the same applicationSessionId, and comes back');
  network.setLost(true);
  await reached(session, 'reconnecting');
  network.setLost(false);
  await reached(session, 'joined');
  const after = showRoster(world);
  if (before.length !== 1 || after.length !== 1 || after[0]?.id !== before[0]?.id)
    throw new Error('another participant');
  console.log('     one participant, not two');

  chapter('The mapping as it is stored: no session id, no meeting, no token in the clear');
  show(await readRow(guestId));

  chapter('The advisor removes the guest: no more tokens');
  await app.removeGuest(guestId);
  const refusal: unknown = await app.rejoin({ applicationSessionId }).catch((error: unknown) => error);
  if (!(refusal instanceof AnonymousJoinProblem) || refusal.code !== 'guest-removed') throw new Error('not refused');
  await session.leave();
}

function chapter(title: string): void {
  console.log(`\n${title}`);
}

function show(fields: Json): void {
  for (const [name, value] of Object.entries(fields)) console.log(`     ${name.padEnd(20)} ${shorten(value)}`);
}

/** The client's fetch: prints what was called, and what came back. */
async function printed(url: string, init: RequestInit): Promise<Response> {
  const calledAt = performance.now();
  const response = await fetch(url, init);
  const text = await response.clone().text();
  const elapsedMs = Math.round(performance.now() - calledAt);
  console.log(`  ${init.method ?? 'GET'} ${new URL(url).pathname} → ${response.status} in ${elapsedMs} ms`);
  if (text !== '') show(JSON.parse(text) as Json);
  return response;
}

/** The host accepts a timer's call at once and runs it on the side, so the report is asked for until it has a check. */
async function untilChecked(): Promise<HealthReport> {
  for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt;) {
    const report = await observer.health();
    if (report.checkedAt !== undefined) return report;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the check left no result');
}

/** Prints what the service called meanwhile. */
async function observed<T>(world: World, work: () => Promise<T>): Promise<T> {
  const before = world.calls.length;
  const answer = await work();
  console.log('     what the service called for it:');
  for (const { service, method, host: name, path, status } of world.calls.slice(before)) {
    if (service !== 'identity') console.log(`       ${service.padEnd(8)} ${method} ${name}${path} → ${status}`);
  }
  return answer;
}

async function readRow(guestId: string): Promise<Json> {
  const client = TableClient.fromConnectionString(cloud.environment['TABLES_CONNECTION_STRING'] ?? '', 'guests', {
    allowInsecureConnection: true,
  });
  const { 'odata.metadata': schema, etag, timestamp, ...row } = await client.getEntity(guestId, 'guest');
  return row;
}

function shorten(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 70)}…${text.slice(-12)} (${text.length} characters)` : text;
}
