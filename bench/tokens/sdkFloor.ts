/** The floor: the same calls through the same SDKs, and nothing else. */
import { TableClient } from '@azure/data-tables';
import { ManagedIdentityCredential, ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { serve, setting } from './contender.ts';
import { findPlatform } from './platformCall.ts';
import { columns, makeRows } from './row.ts';

const vault = new SecretClient(setting('KEY_VAULT_URL'), new ManagedIdentityCredential(), {
  disableChallengeResourceVerification: true,
});
const secret = await vault.getSecret(setting('ENTRA_CLIENT_SECRET_NAME'));
const entra = new ClientSecretCredential(setting('ENTRA_TENANT_ID'), setting('ENTRA_CLIENT_ID'), secret.value ?? '', {
  authorityHost: setting('ENTRA_AUTHORITY_HOST'),
  disableInstanceDiscovery: true,
});
const { token } = await entra.getToken(`${setting('TRUSTED_APPLICATION_AUDIENCE')}/.default`);
const platform = await findPlatform(token);
const open = (table: string): TableClient =>
  TableClient.fromConnectionString(setting('TABLES_CONNECTION_STRING'), table, { allowInsecureConnection: true });
const guests = open('guests');
const entries = open('meetingGuests');

serve({
  async issue() {
    const { applicationSessionId, guest, entry } = makeRows();
    await Promise.all([
      guests.createEntity(guest),
      entries.upsertEntity(entry, 'Replace'),
      platform.token(applicationSessionId),
    ]);
    return `${guest.partitionKey} ${applicationSessionId}`;
  },
  async rejoin(known) {
    const [guestId = '', applicationSessionId = ''] = known.split(' ');
    const { etag, rejoinCount } = await guests.getEntity<{ rejoinCount: number }>(guestId, 'guest');
    const now = new Date();
    const row = { partitionKey: guestId, rowKey: 'guest', ...columns(now, now), rejoinCount: rejoinCount + 1 };
    await Promise.all([guests.updateEntity(row, 'Replace', { etag }), platform.token(applicationSessionId)]);
  },
});
