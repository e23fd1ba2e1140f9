import type { RequestListener } from 'node:http';
import { openTable } from '../../../lib/azure/tables.ts';
import type { HealthChange, Run } from '../../../lib/health/change.ts';
import { createHealthTable } from '../../../lib/health/healthTable.ts';
import { createSubscriptions } from '../../../lib/health/subscriptions.ts';
import { createSubscriptionTable } from '../../../lib/health/subscriptionTable.ts';
import { createTellSubscribers } from '../../../lib/health/tellSubscribers.ts';
import type { Verdict } from '../../../lib/health/verdict.ts';
import { parseHostRule } from '../../../lib/hostRules.ts';
import { createWebhookOutlet } from '../../../lib/net/webhookOutlet.ts';
import { KeyRing } from '../../../lib/sealing/keyRing.ts';
import { readSettings } from '../../../lib/settings.ts';
import { adjustableClock, type AdjustableClock } from '../../races/adjustableClock.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { startTlsServer } from '../net/tlsServer.ts';
import { ringLine } from '../sealing/ringKeys.ts';

/** The parts that belong to one process of the service. */
export interface Process {
  readonly tell: ReturnType<typeof createTellSubscribers>;
  readonly endpoints: ReturnType<typeof createSubscriptions>;
}

export interface ProcessOptions {
  /** The one host that callback URLs may name. */
  readonly webhookHost?: string;
  /** How long a post may take. */
  readonly timeoutMs?: number;
}

/** Subscribers at a server of their own, and processes that tell them; everything but the runs' findings is real. */
export interface SubscribersUnderTest {
  readonly cloud: TestCloud;
  readonly clock: AdjustableClock;
  readonly tables: TableProxy;
  /** Every post that was made, by the path that it went to. */
  readonly posted: string[];
  /** How the subscriber at a path answers: a status, or not at all. Others take what they are posted. */
  readonly answers: Map<string, number | 'never'>;
  /** Nothing is shared with other processes but the servers. */
  newProcess(options?: ProcessOptions): Process;
  /** Makes these the keys of the vault. */
  setRing(...kids: string[]): void;
  /** Subscribes `https://hooks.example/<name>`, and answers the ids. */
  subscribe(...names: string[]): Promise<string[]>;
  /** What a run tells that confirms the verdict told at `at`; by default, told just now. */
  run(verdict: Verdict, at?: number, process?: Process): Promise<void>;
  /** What a run saw. */
  runOf(verdict: Verdict): Run;
  /** The changes that the subscriber has taken, in order. */
  takenBy(name: string): HealthChange[];
  rows(): Promise<Record<string, unknown>[]>;
  /** No subscriptions, no faults, the first ring. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; the tables belong to one test file. */
export async function startSubscribers(): Promise<SubscribersUnderTest> {
  const clock = adjustableClock();
  const cloud = await startTestCloud();
  const tables = await startTableProxy(cloud.tablesConnectionString);
  const hooks = await startTlsServer();
  const posted: string[] = [];
  const taken: { path: string; change: HealthChange }[] = [];
  const answers: SubscribersUnderTest['answers'] = new Map();
  let ringText = '';

  const answer: RequestListener = (request, response) => {
    const path = request.url ?? '';
    posted.push(path);
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const status = answers.get(path) ?? 202;
      if (status === 'never') return;
      if (status < 300) taken.push({ path, change: JSON.parse(text) as HealthChange });
      response.writeHead(status, { location: 'https://hooks.example/elsewhere' }).end();
    });
  };
  hooks.answer = answer;

  const newProcess = ({ webhookHost = 'hooks.example', timeoutMs = 2_000 }: ProcessOptions = {}): Process => {
    const settings = readSettings({ ...cloud.environment, TABLES_CONNECTION_STRING: tables.connectionString });
    const shared = {
      subscriptions: createSubscriptionTable(openTable(settings, 'healthSubscriptions')),
      ring: new KeyRing({ read: () => Promise.resolve(ringText), now: clock.now }),
      webhookHosts: [parseHostRule(webhookHost)].filter((rule) => rule !== undefined),
    };
    return {
      tell: createTellSubscribers({
        ...shared,
        postToWebhook: createWebhookOutlet({ connectTo: hooks.connectTo, timeoutMs }),
      }),
      endpoints: createSubscriptions({
        ...shared,
        health: createHealthTable(openTable(settings, 'discoveryHealth')),
        publicBaseUrl: 'https://join.contoso.example',
        now: clock.now,
      }),
    };
  };
  const runOf = (verdict: Verdict): Run => {
    const at = new Date(clock.now());
    const step = { name: 'discover', outcome: verdict, latencyMs: 1, action: 'Look at it.' };
    const check = { name: 'trusted-application', steps: [step], checkedAt: at, nextDueAt: at };
    return { verdict, checks: [check], startedAt: at, endedAt: at };
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
    answers,
    newProcess,
    setRing,
    async subscribe(...names) {
      const { endpoints } = newProcess();
      const ids: string[] = [];
      for (const name of names) ids.push((await endpoints.subscribe(`https://hooks.example/${name}`)).subscriptionId);
      return ids;
    },
    run: (verdict, at = clock.now(), process = newProcess()) =>
      process.tell(runOf(verdict), { verdict, at: new Date(at) }),
    runOf,
    takenBy: (name) => taken.flatMap(({ path, change }) => (path === `/${name}` ? [change] : [])),
    rows,
    async reset() {
      tables.mend();
      const table = cloud.table('healthSubscriptions');
      await Promise.all((await rows()).map(({ rowKey }) => table.deleteEntity('health', String(rowKey))));
      setRing('k1');
      posted.length = 0;
      taken.length = 0;
      answers.clear();
    },
    async stop() {
      await hooks.stop();
      await tables.stop();
      await cloud.stop();
    },
  };
}
