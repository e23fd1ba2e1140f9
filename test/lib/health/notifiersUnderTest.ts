import type { ServerResponse } from 'node:http';
import { openTable } from '../../../lib/azure/tables.ts';
import { TypedRows } from '../../../lib/azure/typedRows.ts';
import { HealthTable } from '../../../lib/health/healthTable.ts';
import { notifyChange, type HealthChange, type Notified, type Run } from '../../../lib/health/notifyChange.ts';
import { notifySubscribers } from '../../../lib/health/notifySubscribers.ts';
import type { Status } from '../../../lib/health/status.ts';
import { subscriptionColumns, Subscriptions } from '../../../lib/health/subscriptions.ts';
import { parseHostRule } from '../../../lib/hostRules.ts';
import { postToWebhook, type WebhookOutlet } from '../../../lib/net/webhookOutlet.ts';
import { KeyRing } from '../../../lib/sealing/keyRing.ts';
import { readSettings } from '../../../lib/settings.ts';
import { adjustableClock, type AdjustableClock } from '../../races/adjustableClock.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { startTlsServer } from '../net/tlsServer.ts';
import { ringLine } from '../sealing/ringKeys.ts';

/** The parts that belong to one process of the service. */
export interface Process {
  readonly subscriptions: Subscriptions;
  /** Notifies the administrator at `https://hooks.example/alerts`, or nowhere. */
  notifyAdministrator(run: Run): Promise<Notified>;
  notifySubscribers(run: Run, notified: Notified): Promise<void>;
}

interface ProcessOptions {
  /** The one host that callback URLs may name. */
  readonly webhookHost?: string;
  /** The administrator's webhook; undefined: changes are only logged. */
  readonly webhookUrl?: URL | undefined;
}

/** How a webhook answers: with a status, with the end of the connection, or not before {@link NotifiersUnderTest.hangUp}. */
type Answer = number | 'cut' | 'never';

/** Webhooks at a server of their own, and processes that notify them. Everything but the runs' findings is real. */
export interface NotifiersUnderTest {
  readonly cloud: TestCloud;
  readonly clock: AdjustableClock;
  readonly tables: TableProxy;
  /** Every post that was made, by the path that it went to. */
  readonly posted: string[];
  /** Changes that were logged. */
  readonly logged: HealthChange[];
  /** How the webhook at a path answers. Others take what they are posted. */
  readonly answers: Map<string, Answer>;
  /** How many posts wait for an answer. */
  waiting(): number;
  /** Ends the connections of all posts that wait for an answer. */
  hangUp(): void;
  /** Nothing is shared with other processes but the servers. */
  newProcess(options?: ProcessOptions): Process;
  /** Makes these the keys of the vault. */
  setRing(...kids: string[]): void;
  /** Subscribes `https://hooks.example/<name>`, and answers the ids. */
  subscribe(...names: string[]): Promise<string[]>;
  /** Notifies the subscribers of the status that was notified at `at`; by default, just now. */
  run(status: Status, at?: number, process?: Process): Promise<void>;
  /** What a run found that took no time, or began at `startedAt`. */
  runOf(status: Status, startedAt?: number): Run;
  /** The changes that the webhook has taken, in order. */
  takenBy(name: string): HealthChange[];
  rows(): Promise<Record<string, unknown>[]>;
  /** No subscriptions, nothing notified, no faults, the first ring. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; the tables belong to one test file. */
export async function startNotifiers(): Promise<NotifiersUnderTest> {
  const clock = adjustableClock();
  const cloud = await startTestCloud();
  const tables = await startTableProxy(cloud.tablesConnectionString);
  const hooks = await startTlsServer();
  const posted: string[] = [];
  const logged: HealthChange[] = [];
  const taken: { path: string; change: HealthChange }[] = [];
  const answers: NotifiersUnderTest['answers'] = new Map();
  const waiting = new Set<ServerResponse>();
  let ringText = '';

  hooks.answer = (request, response) => {
    const path = request.url ?? '';
    posted.push(path);
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const answer = answers.get(path) ?? 202;
      if (answer === 'never') waiting.add(response);
      else if (answer === 'cut') response.destroy();
      else {
        if (answer < 300) taken.push({ path, change: JSON.parse(text) as HealthChange });
        response.writeHead(answer, { location: 'https://hooks.example/elsewhere' }).end();
      }
    });
  };

  const newProcess = (options: ProcessOptions = {}): Process => {
    const { webhookHost = 'hooks.example', webhookUrl } = { webhookUrl: alertsUrl, ...options };
    const settings = readSettings({ ...cloud.environment, TABLES_CONNECTION_STRING: tables.connectionString });
    const table = new HealthTable(openTable(settings, 'discoveryHealth'));
    const rows = new TypedRows(openTable(settings, 'healthSubscriptions'), subscriptionColumns);
    const ring = new KeyRing({ read: () => Promise.resolve(ringText), now: clock.now });
    const webhookHosts = [parseHostRule(webhookHost)].filter((rule) => rule !== undefined);
    // No post waits for its time-out: a server that does not answer hangs up when the test says so.
    const post: WebhookOutlet = (url, body) =>
      postToWebhook(url, body, { connectTo: hooks.connectTo, timeoutMs: 20_000 });
    const publicBaseUrl = 'https://join.contoso.example';
    return {
      subscriptions: new Subscriptions({ rows, health: table, ring, webhookHosts, publicBaseUrl, now: clock.now }),
      notifyAdministrator: (run) =>
        notifyChange({ table, webhookUrl, postToWebhook: post }, run, (change) => logged.push(change)),
      notifySubscribers: (run, notified) =>
        notifySubscribers({ subscriptions: rows, ring, webhookHosts, postToWebhook: post }, run, notified),
    };
  };
  const runOf = (status: Status, startedAt = clock.now()): Run => {
    const at = new Date(clock.now());
    const step = { name: 'discover', outcome: status, latencyMs: 1, action: 'Look at it.' };
    const check = { name: 'trusted-application', steps: [step], checkedAt: at, nextDueAt: at };
    return { status, checks: [check], startedAt: new Date(startedAt), endedAt: at };
  };
  const rows = () => cloud.rows('healthSubscriptions');
  const setRing = (...kids: string[]): void => {
    ringText = kids.map((kid) => ringLine(kid)).join('\n');
  };

  return {
    cloud,
    clock,
    tables,
    posted,
    logged,
    answers,
    waiting: () => waiting.size,
    hangUp() {
      for (const response of waiting) response.destroy();
      waiting.clear();
    },
    newProcess,
    setRing,
    async subscribe(...names) {
      const { subscriptions } = newProcess();
      const ids: string[] = [];
      for (const name of names) {
        ids.push((await subscriptions.subscribe(`https://hooks.example/${name}`)).subscriptionId);
      }
      return ids;
    },
    run: (status, at = clock.now(), process = newProcess()) =>
      process.notifySubscribers(runOf(status), { status, at: new Date(at) }),
    runOf,
    takenBy: (name) => taken.flatMap(({ path, change }) => (path === `/${name}` ? [change] : [])),
    rows,
    async reset() {
      tables.mend();
      const table = cloud.table('healthSubscriptions');
      await Promise.all((await rows()).map(({ rowKey }) => table.deleteEntity('health', String(rowKey))));
      await cloud
        .table('discoveryHealth')
        .deleteEntity('service', 'latest')
        .catch(() => undefined);
      setRing('k1');
      posted.length = 0;
      logged.length = 0;
      taken.length = 0;
      answers.clear();
      waiting.clear();
    },
    async stop() {
      await hooks.stop();
      await tables.stop();
      await cloud.stop();
    },
  };
}

const alertsUrl = new URL('https://hooks.example/alerts');
