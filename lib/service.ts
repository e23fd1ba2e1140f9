import { openTable } from './azure/tables.ts';
import { TypedRows } from './azure/typedRows.ts';
import { openVault } from './azure/vault.ts';
import type { AdmissionOptions } from './guests/admission.ts';
import { createGuestTable, guestTableName } from './guests/guestTable.ts';
import { createIssue } from './guests/issue.ts';
import { createMeetingIndex, meetingIndexTableName } from './guests/meetingIndex.ts';
import { createPreflight } from './guests/preflight.ts';
import { indexEntryNeededUntil, purgeExpired } from './guests/purge.ts';
import { createRejoin } from './guests/rejoin.ts';
import { createRemoval } from './guests/removal.ts';
import { createSearch } from './guests/search.ts';
import { checkDiscovery, nextDue } from './health/checkDiscovery.ts';
import { Health } from './health/health.ts';
import { HealthTable, healthTableName } from './health/healthTable.ts';
import { checkSecrets, configurationWarnings, secretsName, syntheticJoin } from './health/parts.ts';
import { subscriptionColumns, Subscriptions, subscriptionTableName } from './health/subscriptions.ts';
import { createCreateMeeting } from './meetings/createMeeting.ts';
import { createMeetingRequestTable, meetingRequestTableName } from './meetings/meetingRequestTable.ts';
import { createTransport, type Transport } from './net/transport.ts';
import { createWebhookOutlet } from './net/webhookOutlet.ts';
import { loadedPlatform } from './platforms/loadedPlatform.ts';
import { createKeyRing } from './sealing/keyRing.ts';
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
export interface Overrides {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Carries the calls to the meeting platforms. */
  readonly transport?: Transport;
}

function createUseCases(settings: Settings, { now = Date.now, ...overrides }: Overrides): UseCases {
  const readSecret = openVault(settings);
  const transport = overrides.transport ?? createTransport({ connectTo: settings.connectTo });
  const postToWebhook = createWebhookOutlet({ connectTo: settings.connectTo });
  const { development } = settings;
  const platforms = settings.platforms.map((platform) =>
    loadedPlatform(platform, { development, readSecret, transport, now }),
  );

  const guestRows = openTable(settings, guestTableName);
  const indexRows = openTable(settings, meetingIndexTableName);
  const meetingRequestRows = openTable(settings, meetingRequestTableName);
  const healthRows = openTable(settings, healthTableName);
  const ring = createKeyRing({ read: async () => (await readSecret(settings.guestKeysSecretName)).value, now });
  const guests = createGuestTable(guestRows);
  const admission: AdmissionOptions = {
    guests,
    index: createMeetingIndex(indexRows),
    ring,
    platforms,
    allowedOrigins: settings.allowedOrigins,
    retentionHours: settings.guestRetentionHours,
    now,
  };
  const rejoining = createRejoin(admission);

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
  const subscriptions = new TypedRows(openTable(settings, subscriptionTableName), subscriptionColumns);

  return {
    issue: createIssue(admission, rejoining),
    rejoin: rejoining.rejoin,
    remove: createRemoval(admission),
    search: createSearch(admission),
    preflight: createPreflight({ ...admission, lastVerdict: (part) => health.lastStatus(part), secretsName }),
    createMeeting: createCreateMeeting({
      requests: createMeetingRequestTable(meetingRequestRows),
      ring,
      platforms,
      now,
    }),
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
          postToWebhook,
          now,
        },
        nextDueAt,
        log,
      ),
    purge: () =>
      purgeExpired({
        tables: [
          { name: guestTableName, table: guestRows },
          { name: meetingIndexTableName, table: indexRows, neededUntil: indexEntryNeededUntil(guests, now) },
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
    // Each endpoint has an input of its own, which its own steps hand on.
    ([name, endpoint]) => [name, handlerOf(endpoint as HttpEndpoint<unknown>, useCases, callerAuth)] as const,
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
