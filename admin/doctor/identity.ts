import type { AccessToken, TokenCredential } from '@azure/identity';
import { managedIdentity } from '../../lib/azure/managedIdentity.ts';
import type { Environment, Settings } from '../../lib/settings.ts';
import { causesOf } from '../../lib/platforms/causes.ts';
import { failing, passed, warning, type Advice, type Examination } from '../../lib/platforms/examination.ts';

/** What opens the vault and the tables during an examination. */
export interface Identity {
  readonly open: typeof managedIdentity;
  /** The administrator's own, and not the app's. */
  readonly isMe: boolean;
}

/** The app's managed identity, as the service opens it; or the administrator who is signed in with the Azure CLI. */
export function identityOf(asMe: boolean): Identity {
  return asMe ? { open: signedInAdministrator(), isMe: true } : { open: managedIdentity, isMe: false };
}

// Each token costs a start of the CLI, which takes longer than the Azure clients wait; so all clients share one token.
function signedInAdministrator(): Identity['open'] {
  const tokens = new Map<string, Promise<AccessToken>>();
  const ask = async (scope: string): Promise<AccessToken> => {
    const { AzureCliCredential } = await import('@azure/identity');
    return new AzureCliCredential({ processTimeoutInMs: 20_000 }).getToken(scope);
  };
  const credential: TokenCredential = {
    getToken(scopes) {
      const scope = typeof scopes === 'string' ? scopes : (scopes[0] ?? '');
      const token = tokens.get(scope) ?? ask(scope);
      tokens.set(scope, token);
      return token;
    },
  };
  return () => Promise.resolve(credential);
}

/** Asks for the tokens that the vault and the tables will want. Answers whether there are any. */
export async function checkIdentity(
  examination: Examination,
  settings: Settings,
  { identity, environment }: { identity: Identity; environment: Environment },
): Promise<boolean> {
  const clientId = settings.managedIdentityClientId;
  if (!identity.isMe && !environment['IDENTITY_ENDPOINT']) {
    examination.note('identity', noIdentityHere);
    return false;
  }
  const isByIdentity = 'endpoint' in settings.tables;
  const scopes = [vaultScopeOf(settings.keyVaultUrl), ...(isByIdentity ? ['https://storage.azure.com/.default'] : [])];
  const tokens = await examination.run(
    'identity',
    async () => {
      const credential = await identity.open(clientId);
      return Promise.all(scopes.map((scope) => credential.getToken(scope)));
    },
    {
      explain: (error) => (identity.isMe ? explainCli(error) : explainManaged(error, clientId)),
      judge: () => (identity.isMe ? onlyMe : passed),
      maySlow: identity.isMe,
    },
  );
  return tokens !== undefined;
}

const noIdentityHere = failing(
  "There is no managed identity on this machine, so neither the vault nor the tables can be opened in the app's name.",
  'Run the doctor as yourself: az login, then npm run doctor -- --as-me with the same options.',
);

const onlyMe = warning(
  "The vault and the tables are opened as you: your roles are checked, not the app's.",
  'Compare the roles of the app\'s identity with infra/README.md ("Roles"): az role assignment list --all --assignee with its principal id.',
);

function explainManaged(error: unknown, clientId: string | undefined): Advice | undefined {
  const status = causesOf(error).find((cause) => cause.status !== undefined)?.status;
  if (status !== undefined && status >= 400 && status < 500) {
    return clientId === undefined
      ? {
          reason: 'The app has no system-assigned identity.',
          nextStep:
            'Set AZURE_CLIENT_ID to the client id of its user-assigned identity, or turn the system-assigned one on.',
        }
      : {
          reason: `The app has no identity with the client id ${clientId} (AZURE_CLIENT_ID).`,
          nextStep:
            'Correct AZURE_CLIENT_ID, or assign the identity: az functionapp identity assign --identities with its resource id.',
        };
  }
  return {
    reason: 'The identity service of the app gives no token.',
    nextStep: 'Run the doctor again; if it stays, restart the app.',
  };
}

function explainCli(error: unknown): Advice {
  const said = causesOf(error).map(({ message }) => message);
  if (said.some((message) => message.includes('could not be found'))) {
    return {
      reason: 'The Azure CLI is not installed here.',
      nextStep: 'Install it (https://aka.ms/azure-cli), then az login.',
    };
  }
  return {
    reason: 'The Azure CLI gives no token.',
    nextStep: "Sign in: az login --tenant with the tenant of the app's subscription, then run the doctor again.",
  };
}

/** Clouds name the vaults' audience as the domain that the vaults are in. */
function vaultScopeOf(keyVaultUrl: string): string {
  const [, domain] =
    /\.(vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net))$/.exec(new URL(keyVaultUrl).hostname) ?? [];
  return `https://${domain ?? 'vault.azure.net'}/.default`;
}
