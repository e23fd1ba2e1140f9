import { azureCommands, type AzureCommands } from '../../../admin/doctor/azureCommands.ts';
import { identityOf } from '../../../admin/doctor/identity.ts';
import { readSettings, type Environment } from '../../../lib/settings.ts';

const environment = {
  KEY_VAULT_URL: 'https://contoso-join.vault.azure.net/',
  GUEST_KEYS_SECRET_NAME: 'guest-keys',
  TABLES_ENDPOINT: 'https://contosoguests.table.core.windows.net',
  ALLOWED_ORIGINS: 'https://www.contoso.example',
  MEETING_PLATFORMS: 'ucwa',
  UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example',
};
const commandsFor = (changes: Environment = {}, asMe = false): AzureCommands => {
  const given = { ...environment, ...changes };
  return azureCommands(readSettings(given), given, identityOf(asMe));
};
const vault = '"$(az keyvault show --name contoso-join --query id --output tsv)"';

test('commands name the vault and the storage account of the settings', () => {
  const commands = commandsFor();
  expect(commands.setSecret('guest-keys', '--file secret.txt')).toBe(
    'az keyvault secret set --vault-name contoso-join --name guest-keys --file secret.txt --output none',
  );
  expect(commands.recoverSecret('guest-keys')).toBe(
    'az keyvault secret recover --vault-name contoso-join --name guest-keys',
  );
  expect(commands.createTable('guests')).toBe(
    'az storage table create --name guests --account-name contosoguests --auth-mode login',
  );
  expect(commands.storageNetworkRules).toBe('az storage account network-rule list --account-name contosoguests');
});

test('a role is given to the identity that opens the vault: user-assigned, system-assigned, or the administrator', () => {
  const clientId = '5f1d2c3b-0000-4000-8000-0000000000c1';
  const app = { WEBSITE_SITE_NAME: 'func-join', WEBSITE_RESOURCE_GROUP: 'rg-join' };
  const assignees = [
    commandsFor({ AZURE_CLIENT_ID: clientId }),
    commandsFor(app),
    commandsFor({ AZURE_CLIENT_ID: clientId }, true),
  ].map(({ allowToReadSecrets }) => allowToReadSecrets);
  expect(assignees).toEqual(
    [
      clientId,
      '"$(az functionapp identity show --resource-group rg-join --name func-join --query principalId --output tsv)"',
      '"$(az ad signed-in-user show --query id --output tsv)"',
    ].map(
      (assignee) => `az role assignment create --assignee ${assignee} --role "Key Vault Secrets User" --scope ${vault}`,
    ),
  );
});

test('of a connection string the account is named, and nothing else', () => {
  const connectionString =
    'DefaultEndpointsProtocol=http;AccountName=tests001;AccountKey=S3cret;TableEndpoint=http://x';
  const development = { AZURE_FUNCTIONS_ENVIRONMENT: 'Development', TABLES_ENDPOINT: undefined };
  const { createTable } = commandsFor({ ...development, TABLES_CONNECTION_STRING: connectionString });
  expect(createTable('guests')).toBe('az storage table create --name guests --account-name tests001 --auth-mode login');
});
