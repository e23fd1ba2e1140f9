import { openTable, type Table } from './azure/tables.ts';
import { TypedRows } from './azure/typedRows.ts';
import { openVault } from './azure/vault.ts';
import { Guests } from './guests/guests.ts';
import { GuestTable, guestTableName } from './guests/guestTable.ts';
import { MeetingIndex, meetingIndexTableName } from './guests/meetingIndex.ts';
import { preflight } from './guests/preflight.ts';
import { indexEntryNeededUntil, purgeExpired } from './guests/purge.ts';
import { checkDiscovery, nextDue } from './health/checkDiscovery.ts';
import { Health } from './health/health.ts';
import { HealthTable, healthTableName } from './health/healthTable.ts';
import { checkSecrets, configurationWarnings, secretsName, syntheticJoin } from './health/parts.ts';
import { subscriptionColumns, Subscriptions, subscriptionTableName } from './health/subscriptions.ts';
import { meetingRequestTableName, Meetings } from './meetings/meetings.ts';
import { HttpTransport, type Transport } from './net/transport.ts';
import { postToWebhook, type WebhookOutlet } from './net/webhookOutlet.ts';
import { loadedPlatform } from './platforms/loadedPlatform.ts';
import { KeyRing } from './sealing/keyRing.ts';
import { anonTokenJob } from './sampleService/anonTokenJob.ts';
import { adhocMeetingJob } from './sampleService/adhocMeetingJob.ts';
import { jobEndpoint } from './sampleService/jobEndpoint.ts';
import type { Settings } from './settings.ts';
import type { CallerAuth } from './settings/callers.ts';
import { statusEndpoint } from './statusPage/statusEndpoint.ts';
import { timerJob, type TimerHandler } from './timerJob.ts';
import { contractEndpoints } from './http/contractEndpoints.ts';
import { handlerOf, type HttpEndpoint, type HttpHandler } from './http/pipeline.ts';
import type { UseCases } from './http/useCases.ts';
import type { Problem } from './problem.ts';

/** Tables that the service expects to exist: deployment and the local cloud create them. */
export const tableNames = [
  guestTableName,
  meetingIndexTableName,
  meetingRequestTableName,
  healthTableName,
  subscriptionTableName,
] as const;

/** What a caller of {@link createService} may put in place of the real thing. */
interface Overrides {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Carries the calls to the meeting platforms. */
  readonly transport?: Transport;
  /** How long one call to the vault or to a table may take, its retries included. */
  readonly azureCallTimeoutMs?: number;
}

function createUseCases(settings: Settings, { now = Date.now, ...overrides }: Overrides): UseCases {
  const { azureCallTimeoutMs: callTimeoutMs } = overrides;
  const azure = callTimeoutMs === undefined ? {} : { callTimeoutMs };
  const readSecret = openVault(settings, azure);
  const transport = overrides.transport ?? new HttpTransport({ connectTo: settings.connectTo }).send;
  const post: WebhookOutlet = (url, body) => postToWebhook(url, body, { connectTo: settings.connectTo });
  const { development } = settings;
  const platforms = settings.platforms.map((platform) =>
    loadedPlatform(platform, { development, readSecret, transport, now }),
  );

  const open = (name: string): Table => openTable(settings, name, azure);
  const [guestRows, indexRows, meetingRequestRows, healthRows] = [
    open(guestTableName),
    open(meetingIndexTableName),
    open(meetingRequestTableName),
    open(healthTableName),
  ];
  const ring = new KeyRing({ read: async () => (await readSecret(settings.guestKeysSecretName)).value, now });
  const guestDependencies = {
    guests: new GuestTable(guestRows),
    index: new MeetingIndex(indexRows),
    ring,
    platforms,
    allowedOrigins: settings.allowedOrigins,
    retentionHours: settings.guestRetentionHours,
    now,
  };
  const guests = new Guests(guestDependencies);
  const meetings = new Meetings({ table: meetingRequestRows, ring, platforms, now });

  const secrets = [
    { purpose: 'guest-keys', secretName: settings.guestKeysSecretName },
    ...settings.platforms.flatMap(({ name, secrets: ofPlatform }) =>
      ofPlatform.map(({ secretName }) => ({ purpose: name, secretName })),
    ),
  ];
  const healthTable = new HealthTable(healthRows);
  const { allowedOrigins, syntheticJoinMeetingUrls: meetingUrls = [], webhookHosts, publicBaseUrl } = settings;
  const joins = syntheticJoin({ platforms, meetingUrls, allowedOrigins });
  const health = new Health({
    table: healthTable,
    platformNames: platforms.map(({ name }) => name),
    joinsName: joins?.name,
    warnings: configurationWarnings(settings),
    now,
  });
  const subscriptions = new TypedRows(open(subscriptionTableName), subscriptionColumns);

  return {
    issue: (request, signal) => guests.issue(request, signal),
    rejoin: (request, signal) => guests.rejoin(request, signal),
    remove: (guestId, caller) => guests.remove(guestId, caller),
    search: guests,
    preflight: (request) =>
      preflight({ ...guestDependencies, lastStatus: (part) => health.lastStatus(part), secretsName }, request),
    createMeeting: (request, idempotency, signal) => meetings.create(request, idempotency, signal),
    subscriptions: new Subscriptions({
      rows: subscriptions,
      health: healthTable,
      ring,
      webhookHosts,
      publicBaseUrl,
      now,
    }),
    health,
    history: () => health.history(),
    checkDiscovery: (nextDueAt, log) =>
      checkDiscovery(
        {
          platforms,
          joins,
          secrets: { name: secretsName, check: () => checkSecrets(secrets, readSecret, now()) },
          table: healthTable,
          webhookUrl: settings.alertWebhookUrl,
          subscriptions,
          ring,
          webhookHosts,
          postToWebhook: post,
          now,
        },
        nextDueAt,
        log,
      ),
    purge: () =>
      purgeExpired({
        tables: [
          { name: guestTableName, table: guestRows },
          {
            name: meetingIndexTableName,
            table: indexRows,
            neededUntil: (entry) => indexEntryNeededUntil(guestDependencies, entry),
          },
          { name: meetingRequestTableName, table: meetingRequestRows },
          { name: healthTableName, table: healthRows },
        ],
        now,
      }),
    sampleService: () => ({
      allowedOrigins,
      tenantEndpointId: (name) => settings.platforms.find((platform) => platform.name === name)?.tenantEndpointId,
    }),
  };
}

/** Every HTTP function by its name. */
export const httpEndpoints = {
  ...contractEndpoints,
  getStatus: statusEndpoint,
  getAnonTokenJob: jobEndpoint(anonTokenJob),
  getAdhocMeetingJob: jobEndpoint(adhocMeetingJob),
};
export type HttpFunctionName = keyof typeof httpEndpoints;

/** The service for one set of settings; several live side by side in a process. */
export interface Service extends UseCases {
  readonly endpoints: Readonly<Record<HttpFunctionName, HttpHandler>>;
  readonly timers: Readonly<Record<'checkDiscovery' | 'purgeGuests', TimerHandler>>;
}

/** Makes a service. Nothing is connected to before it is first needed. */
export function createService(settings: Settings, overrides: Overrides = {}): Service {
  return serviceOf(createUseCases(settings, overrides), () => settings.callerAuth);
}

/**
 * The service of a process whose settings cannot be used. Each use fails with the problem, which names the settings; the
 * definition and the health status are answered all the same.
 * @param registered who may call, as the functions were registered: with Entra nobody is let in
 */
export function misconfiguredService(problem: Problem, registered: CallerAuth['kind']): Service {
  const fail = () => Promise.reject(problem);
  const throwProblem = (): never => {
    throw problem;
  };
  const useCases: UseCases = {
    issue: fail,
    rejoin: fail,
    remove: fail,
    search: { get: fail, inMeeting: fail },
    preflight: fail,
    createMeeting: fail,
    subscriptions: { subscribe: fail, unsubscribe: fail },
    health: { report: fail, lastStatus: fail, status: () => Promise.resolve({ status: 'fail', checkedAt: undefined }) },
    history: fail,
    checkDiscovery: fail,
    purge: fail,
    sampleService: throwProblem,
  };
  return serviceOf(useCases, () => (registered === 'function-key' ? { kind: registered } : throwProblem()));
}

function serviceOf(useCases: UseCases, callerAuth: () => CallerAuth): Service {
  const handlers = Object.entries(httpEndpoints).map(
    // Each endpoint has an input and an answer of its own, which its own steps hand on.
    ([name, endpoint]) => [name, handlerOf(endpoint as HttpEndpoint<unknown, unknown>, useCases, callerAuth)] as const,
  );
  return {
    ...useCases,
    endpoints: Object.fromEntries(handlers) as Service['endpoints'],
    timers: {
      checkDiscovery: timerJob('checkDiscovery', async ({ scheduleStatus }, log) => ({
        status: await useCases.checkDiscovery(nextDue(scheduleStatus, Date.now()), log),
      })),
      purgeGuests: timerJob('purgeGuests', () => useCases.purge()),
    },
  };
}
