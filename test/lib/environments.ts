import { Problem } from '../../lib/problem.ts';
import { readSettings, type Environment } from '../../lib/settings.ts';

export const guid = '6f9619ff-8b86-4d11-b42d-00c04fc964ff';

/** All that a deployment has to set. */
export const azure: Environment = {
  WEBSITE_INSTANCE_ID: 'an-instance',
  TABLES_ENDPOINT: 'https://contoso.table.core.windows.net',
  KEY_VAULT_URL: 'https://contoso.vault.azure.net',
  GUEST_KEYS_SECRET_NAME: 'guest-keys',
  MEETING_PLATFORMS: 'trusted-application',
  ALLOWED_ORIGINS: 'https://www.contoso.com',
  TRUSTED_APPLICATION_ENDPOINT_ID: 'sip:helpdesk@contoso.com',
  ENTRA_TENANT_ID: guid,
  ENTRA_CLIENT_ID: guid,
  ENTRA_CLIENT_SECRET_NAME: 'entra-secret',
};

const { WEBSITE_INSTANCE_ID, TABLES_ENDPOINT, ...elsewhere } = azure;
/** The same on a developer's machine, with a table server of its own. */
export const development: Environment = {
  ...elsewhere,
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  TABLES_CONNECTION_STRING: 'UseDevelopmentStorage=false;AccountName=a;AccountKey=b;',
};

/** The message about an environment that is refused. */
export function refusalOf(environment: Environment): string {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof Problem && error.code === 'configuration-invalid') return error.message;
    throw error;
  }
  throw new Error('expected a refusal');
}
