import type { Environment, Settings } from '../../lib/settings.ts';
import type { Identity } from './identity.ts';

/** Commands of the Azure CLI for one configuration, ready to be pasted. */
export interface AzureCommands {
  /** Gives a secret another value. @param value the options that say which. */
  readonly setSecret: (name: string, value: string) => string;
  /** Of a PEM file; the secret of the same name is then the certificate with its key. */
  readonly importCertificate: (name: string) => string;
  readonly recoverSecret: (name: string) => string;
  readonly enableSecret: (name: string) => string;
  readonly allowToReadSecrets: string;
  readonly allowToWriteTables: string;
  readonly createTable: (name: string) => string;
  readonly vaultNetworkRules: string;
  readonly storageNetworkRules: string;
}

export function azureCommands(settings: Settings, environment: Environment, { isMe }: Identity): AzureCommands {
  const vault = firstLabel(settings.keyVaultUrl);
  const account =
    'endpoint' in settings.tables
      ? firstLabel(settings.tables.endpoint)
      : (/AccountName=([a-z0-9]{3,24})(?:;|$)/.exec(settings.tables.connectionString)?.[1] ?? 'ACCOUNT');
  const app = environment['WEBSITE_SITE_NAME'] ?? 'APP';
  const group = environment['WEBSITE_RESOURCE_GROUP'] ?? 'GROUP';
  const assignee = isMe
    ? '"$(az ad signed-in-user show --query id --output tsv)"'
    : (settings.managedIdentityClientId ??
      `"$(az functionapp identity show --resource-group ${group} --name ${app} --query principalId --output tsv)"`);
  const allow = (role: string, resource: string): string =>
    `az role assignment create --assignee ${assignee} --role "${role}" --scope "$(az ${resource} --query id --output tsv)"`;
  const secret = (verb: string, name: string): string =>
    `az keyvault secret ${verb} --vault-name ${vault} --name ${name}`;
  return {
    setSecret: (name, value) => `${secret('set', name)} ${value} --output none`,
    importCertificate: (name) => `az keyvault certificate import --vault-name ${vault} --name ${name} --file app.pem`,
    recoverSecret: (name) => secret('recover', name),
    enableSecret: (name) => `${secret('set-attributes', name)} --enabled true --output none`,
    allowToReadSecrets: allow('Key Vault Secrets User', `keyvault show --name ${vault}`),
    allowToWriteTables: allow('Storage Table Data Contributor', `storage account show --name ${account}`),
    createTable: (name) => `az storage table create --name ${name} --account-name ${account} --auth-mode login`,
    vaultNetworkRules: `az keyvault network-rule list --name ${vault}`,
    storageNetworkRules: `az storage account network-rule list --account-name ${account}`,
  };
}

function firstLabel(url: string): string {
  return new URL(url).hostname.split('.')[0] ?? '';
}
