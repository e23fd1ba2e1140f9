import { guestIdOf } from '../../lib/guests/identity.ts';
import { until } from '../support/until.ts';
import { faultsOf } from './upstreamPaths.ts';
import {
  createAnew,
  issuePath,
  preflightPath,
  rejoinPath,
  searchPath,
  subscriptionsPath,
  type ServiceUnderTest,
} from './serviceUnderTest.ts';

export async function whileStorageFails(underTest: ServiceUnderTest): Promise<void> {
  const { ask, secret } = underTest;
  const { cloud, tables } = secret;
  const [meetingUrl, applicationSessionId] = [secret.newMeeting(), secret.newSession()];
  const guest = `/api/v1/guests/${guestIdOf(applicationSessionId)}`;
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  const everyEndpoint = async (): Promise<void> => {
    await ask(issuePath, { body: { meetingUrl: secret.newMeeting(), applicationSessionId: secret.newSession() } });
    await ask(rejoinPath, { body: { applicationSessionId } });
    await ask(guest);
    await ask(searchPath, { body: { meetingUrl } });
    await ask('/api/v1/health');
    await createAnew(underTest);
    await ask(preflightPath, { body: { meetingUrl, applicationSessionId } });
    await ask(subscriptionsPath, { body: { callbackUrl: secret.newCallback() } });
    await ask(`${subscriptionsPath}/${'A'.repeat(43)}`, { method: 'DELETE' });
    await ask(guest, { method: 'DELETE' });
  };
  tables.break({ kind: 500 });
  await everyEndpoint();
  tables.mend();
  await tables.setDown(true);
  await everyEndpoint();
  await tables.setDown(false);

  const rows = cloud.table('guests');
  const partitionKey = guestIdOf(applicationSessionId);
  await rows.updateEntity({ partitionKey, rowKey: 'guest', sealed: 's1.k1.AAAAAAAAAAAAAAAA.no' }, 'Merge');
  await ask(rejoinPath, { body: { applicationSessionId } });
  await rows.updateEntity({ partitionKey, rowKey: 'guest', state: 'asleep' }, 'Merge');
  await everyEndpoint();
}

/** Checks that fail and tell of it, and a purge, with storage and without. */
export async function whileTimersRun({ ask, secret, logged }: ServiceUnderTest): Promise<void> {
  const { faults } = secret.cloud.simulator.world;
  const run = async (name: string): Promise<void> => {
    const runs = (): number => logged().split(`"job":"${name}"`).length;
    const before = runs();
    await ask(`/admin/functions/${name}`, { body: {} });
    await until(() => runs() > before, 15_000);
  };
  await run('purgeGuests');
  for (let times = 0; times < 3; times++) await ask(subscriptionsPath, { body: { callbackUrl: secret.newCallback() } });
  faults.set('hooks', { status: 500, times: 2, body: secret.everySecret() });
  for (const fault of faultsOf(secret).slice(0, 3)) {
    faults.set('platform.discover', fault);
    await run('checkDiscovery');
  }
  // The post of the bad news failed; that of the good news arrives.
  faults.clear();
  await run('checkDiscovery');
  await run('checkDiscovery');
  await faults.down('vault', true);
  await run('checkDiscovery');
  await secret.tables.setDown(true);
  await run('checkDiscovery');
  await run('purgeGuests');
  await secret.tables.setDown(false);
  await faults.clearAll();
  await ask('/api/v1/health');
}
