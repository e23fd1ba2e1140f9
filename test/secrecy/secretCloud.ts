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
  /** What a failing upstream says: all secrets so far. */
  everySecret(): string;
  /** Looks for the tokens that the platform has made so far. */
  learnTokens(): void;
  stop(): Promise<void>;
}

export const upstreamWords = 'words-of-an-upstream-server';

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
    everySecret: () => spoken.join(' '),
    learnTokens() {
      const { issued } = cloud.simulator.world.platform;
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
