import { TableClient } from '@azure/data-tables';
import { readFileSync } from 'node:fs';
import {
  AnonymousJoinProblem,
  createAnonymousJoinClient,
  type AnonymousJoinClient,
  type HealthReport,
} from '../client/client.ts';
import { joinMeeting } from '../client/guest/guest.ts';
import { startCloud, type Cloud } from './cloud.ts';
import { reached, showRoster, showSteps } from './demoGuest.ts';
import { connectTo, type Connections } from './guestNetwork.ts';
import { startHostProcess, type HostProcess } from './host/startHostProcess.ts';

type Json = Record<string, unknown>;
type Log = (text: string) => void;

/** What the demo is played with. */
interface Demo {
  cloud: Cloud;
  host: HostProcess;
  /** What an app has; its calls are printed. */
  app: AnonymousJoinClient;
  connections: Connections;
  log: Log;
}

interface DemoMeeting {
  platform: string;
  meetingUrl: string;
}

const meetings: readonly DemoMeeting[] = [
  { platform: 'the Trusted Application API', meetingUrl: 'https://meet.lync.example/contoso/testuser/1SD8D0WZ' },
  { platform: 'UCWA 2.0 on premises', meetingUrl: 'https://meet.contoso.example/john/5LB7MRBC' },
];

const functionKey = 'demo-function-key';

/**
 * `npm run demo`: the life of a guest once on each platform, from discovery to removal. Answers the exit code: 0 if
 * everything came as it should.
 */
export async function runDemo({ log, error }: { log: Log; error: Log }): Promise<number> {
  const startedAt = performance.now();
  log('Anonymous Join, played once on this machine. Starting tables, Entra, Key Vault and the platforms …');
  const cloud = await startCloud();
  const ca = readFileSync(cloud.environment['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
  const connections = connectTo(cloud.simulator.platform.port, ca);
  let host: HostProcess | undefined;
  try {
    host = await startHostProcess({ functionKey, timers: false, environment: cloud.environment });
    log(`The service runs on ${host.url} (${Math.round(performance.now() - startedAt)} ms).`);
    const fetchPrinted = (url: string, init: RequestInit): Promise<Response> => printed(log, url, init);
    const app = createAnonymousJoinClient({ baseUrl: host.url, authorize: functionKey, fetch: fetchPrinted });
    await playAll({ cloud, host, app, connections, log });
    log('\nThat was all of it. `npm start` leaves it running for you to try.');
    return 0;
  } catch (cause) {
    error(`\nThe demo failed: ${String(cause)}\nThe service wrote:\n${host?.output() ?? ''}`);
    return 1;
  } finally {
    connections.stop();
    await host?.stop();
    await cloud.stop();
  }
}

async function playAll(demo: Demo): Promise<void> {
  await playHealth(demo);
  for (const meeting of meetings) await playGuest(demo, meeting);
  chapter(demo, 'The status that monitors see');
  if ((await demo.app.healthStatus()).status === 'fail') throw new Error('the status is fail');
}

async function playHealth(demo: Demo): Promise<void> {
  chapter(demo, 'Discovery and capabilities, as the timer checks them every five minutes');
  await printed(demo.log, `${demo.host.url}/admin/functions/checkDiscovery`, {
    method: 'POST',
    headers: { 'x-functions-key': functionKey, 'content-type': 'application/json' },
    body: '{}',
  });
  const { checks } = await untilChecked(demo);
  for (const check of checks) {
    for (const { name, outcome, latencyMs } of check.steps) {
      demo.log(`     ${check.name}: ${name} ${outcome} in ${latencyMs} ms`);
    }
  }
}

async function playGuest(demo: Demo, { platform, meetingUrl }: DemoMeeting): Promise<void> {
  const { app, cloud, connections, log } = demo;
  const { world } = cloud.simulator;
  chapter(demo, `A customer without an account opens a meeting link on ${platform}: the app asks for a token`);
  const callsBefore = world.calls.length;
  const first = await app.issue({ meetingUrl });
  const { applicationSessionId, guestId } = first;
  log('     what the service called for it:');
  for (const { service, method, host: name, path, status } of world.calls.slice(callsBefore)) {
    if (service !== 'identity') log(`       ${service.padEnd(8)} ${method} ${name}${path} → ${status}`);
  }

  chapter(demo, 'With the token the customer joins the meeting, as Dana');
  const network = connections.newNetwork();
  const session = joinMeeting({
    join: first,
    rejoin: (options) => app.rejoin({ applicationSessionId }, options),
    displayName: 'Dana',
    fetch: network.fetch,
  });
  showSteps(session, log);
  await reached(session, 'joined');
  const before = showRoster(world, log);

  chapter(
    demo,
    'The connection drops. The app asks for a rejoin token for the same applicationSessionId, and comes back',
  );
  network.setLost(true);
  await reached(session, 'reconnecting');
  network.setLost(false);
  await reached(session, 'joined');
  const after = showRoster(world, log);
  if (before.length !== 1 || after.length !== 1 || after[0]?.id !== before[0]?.id)
    throw new Error('another participant');
  log('     one participant, not two');

  chapter(demo, 'The mapping as it is stored: no session id, no meeting, no token in the clear');
  show(log, await readRow(cloud, guestId));

  chapter(demo, 'The advisor removes the guest: no more tokens');
  await app.removeGuest(guestId);
  const refusal: unknown = await app.rejoin({ applicationSessionId }).catch((cause: unknown) => cause);
  if (!(refusal instanceof AnonymousJoinProblem) || refusal.code !== 'guest-removed') throw new Error('not refused');
  await session.leave();
}

function chapter({ log }: Demo, title: string): void {
  log(`\n${title}`);
}

function show(log: Log, fields: Json): void {
  for (const [name, value] of Object.entries(fields)) log(`     ${name.padEnd(20)} ${shorten(value)}`);
}

/** The client's fetch: prints what was called, and what came back. */
async function printed(log: Log, url: string, init: RequestInit): Promise<Response> {
  const calledAt = performance.now();
  const response = await fetch(url, init);
  const text = await response.clone().text();
  const elapsedMs = Math.round(performance.now() - calledAt);
  log(`  ${init.method ?? 'GET'} ${new URL(url).pathname} → ${response.status} in ${elapsedMs} ms`);
  if (text !== '') show(log, JSON.parse(text) as Json);
  return response;
}

/** The host accepts a timer's call at once and runs it on the side, so the report is asked for until it has a check. */
async function untilChecked({ host }: Demo): Promise<HealthReport> {
  const observer = createAnonymousJoinClient({ baseUrl: host.url, authorize: functionKey });
  for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt;) {
    const report = await observer.health();
    if (report.checkedAt !== undefined) return report;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the check left no result');
}

async function readRow({ environment }: Cloud, guestId: string): Promise<Json> {
  const client = TableClient.fromConnectionString(environment['TABLES_CONNECTION_STRING'] ?? '', 'guests', {
    allowInsecureConnection: true,
  });
  const { 'odata.metadata': schema, etag, timestamp, ...row } = await client.getEntity(guestId, 'guest');
  return row;
}

function shorten(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 70)}…${text.slice(-12)} (${text.length} characters)` : text;
}
