import { randomBytes, randomUUID } from 'node:crypto';
import { startTableProxy, type TableProxy } from '../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { SecretScan } from './secretScan.ts';

/** A cloud in which everything secret is known to the test, and an upstream that repeats it all when it fails. */
export interface SecretCloud {
  readonly cloud: TestCloud;
  readonly tables: TableProxy;
  readonly scan: SecretScan;
  readonly clientSecret: string;
  /** A session id that is looked for from now on. */
  newSession(): string;
  /** A meeting URL that is looked for from now on. */
  newMeeting(): string;
  /** A callback URL that is looked for from now on. */
  newCallback(): string;
  /** What a meeting is about, and the key of the request for it; looked for from now on. */
  newMeetingRequest(): { readonly subject: string; readonly key: string };
  /** What a failing upstream says: all secrets so far. */
  everySecret(): string;
  /** Looks for the tokens and the meetings that the platform has made so far. */
  learnMade(): void;
  stop(): Promise<void>;
}

const upstreamWords = 'words-of-an-upstream-server';

export async function startSecretCloud(): Promise<SecretCloud> {
  const cloud = await startTestCloud();
  const tables = await startTableProxy(cloud.tablesConnectionString);
  const scan = new SecretScan();
  const spoken: string[] = [upstreamWords];
  const add = (name: string, secret: string): string => {
    scan.add(name, secret);
    spoken.push(secret);
    return secret;
  };

  const { secrets } = cloud.simulator.world;
  const clientSecret = add('the client secret', secrets.find('entra-client-secret')?.value ?? '');
  add('the guest key', (secrets.find('guest-keys')?.value ?? '').slice('k1.'.length));
  add('the identity header', cloud.environment['IDENTITY_HEADER'] ?? '');
  const [, accountKey = ''] = /AccountKey=([^;]+)/.exec(cloud.tablesConnectionString) ?? [];
  add('the account key', accountKey);
  scan.add('upstream text', upstreamWords);
  const hook = add('the path of the web hook', `hook-${randomBytes(12).toString('hex')}`);
  cloud.environment['ALERT_WEBHOOK_URL'] = `https://hooks.example/${hook}`;
  cloud.environment['TABLES_CONNECTION_STRING'] = tables.connectionString;

  let tokensKnown = 0;
  return {
    cloud,
    tables,
    scan,
    clientSecret,
    newSession: () => add('a session id', randomUUID()),
    newMeeting() {
      const id = add('the id of a meeting', `MEET${randomBytes(8).toString('hex')}`);
      return add('a meeting URL', `https://meet.lync.example/contoso/testuser/${id}`);
    },
    newCallback: () =>
      add('a callback URL', `https://hooks.example/workflows/${randomUUID()}?sig=${randomBytes(24).toString('hex')}`),
    newMeetingRequest: () => ({
      subject: add('a subject', `A loan for customer ${randomBytes(8).toString('hex')}`),
      key: add('an idempotency key', `booking-${randomUUID()}`),
    }),
    everySecret: () => spoken.join(' '),
    learnMade() {
      const { issued, meetings } = cloud.simulator.world.platform;
      for (const { joinUrl, onlineMeetingUri } of meetings) {
        scan.add('the URL of a meeting that was made', joinUrl);
        scan.add('the conference of a meeting that was made', onlineMeetingUri);
      }
      for (const { token } of issued.slice(tokensKnown)) {
        // Each part by itself: the discover URL carries the token in an encoding of its own.
        for (const part of token.replace('psat=', '').split('.').slice(1)) scan.add('a guest token', part);
      }
      tokensKnown = issued.length;
    },
    async stop() {
      await tables.stop();
      await cloud.stop();
    },
  };
}
