import { openTable, type OpenOptions } from './azure/tables.ts';
import { openVault } from './azure/vault.ts';
import { Guests } from './guests/guests.ts';
import { GuestTable, guestTableName } from './guests/guestTable.ts';
import { MeetingIndex, meetingIndexTableName } from './guests/meetingIndex.ts';
import { preflight, type Preflight, type PreflightRequest } from './guests/preflight.ts';
import { indexEntryNeededUntil, purgeExpired, type PurgeResult } from './guests/purge.ts';
import { createAnnouncer } from './health/announcer.ts';
import { createCheckDiscovery } from './health/checkDiscovery.ts';
import { createHealthTable, healthTableName } from './health/healthTable.ts';
import { createHistory, type HealthHistory } from './health/history.ts';
import { createHistoryTable } from './health/historyTable.ts';
import { openEndpoints } from './health/openEndpoints.ts';
import { createHealthReporter, type HealthReporter } from './health/report.ts';
import { checkSecrets } from './health/secretsCheck.ts';
import { createSubscriptions } from './health/subscriptions.ts';
import { createSubscriptionTable, subscriptionTableName } from './health/subscriptionTable.ts';
import { createSyntheticJoin } from './health/syntheticJoin.ts';
import { createTellSubscribers } from './health/tellSubscribers.ts';
import { meetingRequestTableName, Meetings } from './meetings/meetings.ts';
import { createTransport } from './net/transport.ts';
import { createWebhookOutlet } from './net/webhookOutlet.ts';
import type { MeetingPlatform } from './platforms/platform.ts';
import { createTrustedApplication } from './platforms/trustedApplication/trustedApplication.ts';
import { createUcwa } from './platforms/ucwa/ucwa.ts';
import { KeyRing } from './sealing/keyRing.ts';
import { theSettings, type Settings } from './settings.ts';

/** The use cases, wired to the tables, the vault and the platforms of one set of settings. */
export interface App {
  readonly issue: Guests['issue'];
  readonly rejoin: Guests['rejoin'];
  readonly remove: Guests['remove'];
  readonly search: Pick<Guests, 'get' | 'inMeeting'>;
  readonly preflight: (request: PreflightRequest) => Promise<Preflight>;
  readonly createMeeting: Meetings['create'];
  readonly subscriptions: ReturnType<typeof createSubscriptions>;
  readonly health: HealthReporter;
  readonly history: () => Promise<HealthHistory>;
  readonly checkDiscovery: ReturnType<typeof createCheckDiscovery>;
  readonly purge: () => Promise<PurgeResult>;
}

/** Tables that the service expects to exist: deployment and the local cloud create them. */
export const tableNames = [
  guestTableName,
  meetingIndexTableName,
  meetingRequestTableName,
  healthTableName,
  subscriptionTableName,
] as const;

/** Builds an app. Nothing is connected to before it is first needed. @param now milliseconds since 1970. */
export function createApp(settings: Settings, now: () => number = Date.now, azure: OpenOptions = {}): App {
  const readSecret = openVault(settings, azure);
  const transport = createTransport({ connectTo: settings.connectTo });
  const postToWebhook = createWebhookOutlet({ connectTo: settings.connectTo });
  const { trustedApplication, ucwa, development } = settings;
  const platforms: MeetingPlatform[] = [
    ...(trustedApplication
      ? [createTrustedApplication({ settings: trustedApplication, development, readSecret, transport, now })]
      : []),
    ...(ucwa ? [createUcwa({ settings: ucwa, readSecret, transport, now })] : []),
  ];

  const guestRows = openTable(settings, guestTableName, azure);
  const indexRows = openTable(settings, meetingIndexTableName, azure);
  const meetingRequestRows = openTable(settings, meetingRequestTableName, azure);
  const healthRows = openTable(settings, healthTableName, azure);
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
    ...(trustedApplication
      ? [{ purpose: 'trusted-application', secretName: trustedApplication.entra.credential.name }]
      : []),
    ...(ucwa?.checkAccount ? [{ purpose: 'ucwa', secretName: ucwa.checkAccount.secretName }] : []),
  ];
  const healthTable = createHealthTable(healthRows);
  const historyTable = createHistoryTable(healthRows);
  const secretsName = 'secrets';
  const platformNames = platforms.map(({ name }) => name);
  const { allowedOrigins, syntheticJoinMeetingUrls: meetingUrls = [] } = settings;
  const joins = createSyntheticJoin({ platforms, meetingUrls, allowedOrigins });
  const health = createHealthReporter({
    table: healthTable,
    platformNames,
    secretsName,
    joinsName: joins?.name,
    warnings: settings.sampleServiceEndpoints === 'open' ? [openEndpoints] : [],
    now,
  });
  const subscriptions = createSubscriptionTable(openTable(settings, subscriptionTableName, azure));
  const { webhookHosts, publicBaseUrl } = settings;

  return {
    issue: (request, signal) => guests.issue(request, signal),
    rejoin: (request, signal) => guests.rejoin(request, signal),
    remove: (guestId, caller) => guests.remove(guestId, caller),
    search: guests,
    preflight: (request) =>
      preflight({ ...guestDependencies, lastStatus: (part) => health.verdictOn(part), secretsName }, request),
    createMeeting: (request, idempotency, signal) => meetings.create(request, idempotency, signal),
    subscriptions: createSubscriptions({ subscriptions, health: healthTable, ring, webhookHosts, publicBaseUrl, now }),
    health,
    history: createHistory({
      table: historyTable,
      report: () => health.report(),
      partNames: [...platformNames, ...(joins ? [joins.name] : []), secretsName],
      now,
    }),
    checkDiscovery: createCheckDiscovery({
      platforms,
      joins,
      secrets: { name: secretsName, check: () => checkSecrets(secrets, readSecret, now()) },
      table: healthTable,
      announce: createAnnouncer({
        table: healthTable,
        history: historyTable,
        webhookUrl: settings.alertWebhookUrl,
        postToWebhook,
      }),
      tellSubscribers: createTellSubscribers({ subscriptions, ring, webhookHosts, postToWebhook }),
      now,
    }),
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
  };
}

let app: App | undefined;

/** The app of this process, from its environment; throws `configuration-invalid`, and then is tried again next time. */
export function theApp(): App {
  app ??= createApp(theSettings());
  return app;
}

/** The verdict for the open endpoint; settings that cannot be used are a `fail` like any other. */
export async function currentHealth(): ReturnType<HealthReporter['status']> {
  try {
    return await theApp().health.status();
  } catch {
    return { status: 'fail', checkedAt: undefined };
  }
}
