import { openTable } from './azure/tables.ts';
import { TypedRows } from './azure/typedRows.ts';
import { openVault } from './azure/vault.ts';
import type { AdmissionOptions } from './guests/admission.ts';
import { createGuestTable, guestTableName } from './guests/guestTable.ts';
import { createIssue } from './guests/issue.ts';
import { createMeetingIndex, meetingIndexTableName } from './guests/meetingIndex.ts';
import { createPreflight } from './guests/preflight.ts';
import { indexEntryNeededUntil, purgeExpired, type PurgeResult } from './guests/purge.ts';
import { createRejoin, type Rejoin } from './guests/rejoin.ts';
import { createRemoval } from './guests/removal.ts';
import { createSearch, type Search } from './guests/search.ts';
import { checkDiscovery } from './health/checkDiscovery.ts';
import { Health } from './health/health.ts';
import { HealthTable, healthTableName } from './health/healthTable.ts';
import type { HealthHistory } from './health/history.ts';
import type { HealthChange } from './health/notifyChange.ts';
import { checkSecrets, configurationWarnings, secretsName, syntheticJoin } from './health/parts.ts';
import type { Status, StatusSummary } from './health/status.ts';
import { subscriptionColumns, Subscriptions, subscriptionTableName } from './health/subscriptions.ts';
import { createCreateMeeting } from './meetings/createMeeting.ts';
import { createMeetingRequestTable, meetingRequestTableName } from './meetings/meetingRequestTable.ts';
import { createTransport } from './net/transport.ts';
import { createWebhookOutlet } from './net/webhookOutlet.ts';
import type { MeetingPlatform } from './platforms/platform.ts';
import { createTrustedApplication } from './platforms/trustedApplication/trustedApplication.ts';
import { createUcwa } from './platforms/ucwa/ucwa.ts';
import { createKeyRing } from './sealing/keyRing.ts';
import { theSettings, type Settings } from './settings.ts';

/** The use cases, wired to the tables, the vault and the platforms of one set of settings. */
export interface App {
  readonly issue: ReturnType<typeof createIssue>;
  readonly rejoin: Rejoin['rejoin'];
  readonly remove: ReturnType<typeof createRemoval>;
  readonly search: Search;
  readonly preflight: ReturnType<typeof createPreflight>;
  readonly createMeeting: ReturnType<typeof createCreateMeeting>;
  readonly subscriptions: Subscriptions;
  readonly health: Health;
  readonly history: () => Promise<HealthHistory>;
  readonly checkDiscovery: (nextDueAt: Date | undefined, log: (change: HealthChange) => void) => Promise<Status>;
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
export function createApp(settings: Settings, now: () => number = Date.now): App {
  const readSecret = openVault(settings);
  const transport = createTransport({ connectTo: settings.connectTo });
  const postToWebhook = createWebhookOutlet({ connectTo: settings.connectTo });
  const { trustedApplication, ucwa, development } = settings;
  const platforms: MeetingPlatform[] = [
    ...(trustedApplication
      ? [createTrustedApplication({ settings: trustedApplication, development, readSecret, transport, now })]
      : []),
    ...(ucwa ? [createUcwa({ settings: ucwa, readSecret, transport, now })] : []),
  ];

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
    ...(trustedApplication
      ? [{ purpose: 'trusted-application', secretName: trustedApplication.entra.credential.name }]
      : []),
    ...(ucwa?.checkAccount ? [{ purpose: 'ucwa', secretName: ucwa.checkAccount.secretName }] : []),
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
  };
}

let app: App | undefined;

/** The app of this process, from its environment; throws `configuration-invalid`, and then is tried again next time. */
export function theApp(): App {
  app ??= createApp(theSettings());
  return app;
}

/** The status for the open endpoint; settings that cannot be used are a `fail` like any other. */
export async function currentHealth(): Promise<StatusSummary> {
  try {
    return await theApp().health.status();
  } catch {
    return { status: 'fail', checkedAt: undefined };
  }
}
