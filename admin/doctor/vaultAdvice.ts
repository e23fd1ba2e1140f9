import type { AzureCommands } from './azureCommands.ts';
import { azureAnswerOf } from '../../lib/platforms/causes.ts';
import type { Advice } from '../../lib/platforms/examination.ts';
import { newGuestKeys } from './secretShape.ts';
import { unreachable } from '../../lib/platforms/unreachable.ts';

/** The secret that could not be read. */
interface UnreadSecret {
  readonly purpose: string;
  readonly name: string;
  /** Of the vault. */
  readonly host: string;
  readonly commands: AzureCommands;
}

/** Why the vault gave no secret. */
export function vaultAdvice(error: unknown, { purpose, name, host, commands }: UnreadSecret): Advice | undefined {
  const answer = azureAnswerOf(error);
  switch (answer?.status) {
    case undefined:
      return unreachable(error, host, 'KEY_VAULT_URL');
    case 404:
      return purpose === 'guest-keys'
        ? {
            reason: `There is no secret ${name} in the vault.`,
            nextStep: `If it was there, recover it, because guests sealed under it cannot come back without it: ${commands.recoverSecret(name)} – else make it: ${commands.setSecret(name, newGuestKeys)}`,
          }
        : {
            reason: `There is no secret ${name} in the vault.`,
            nextStep: `Put it there from a file without a line break at its end: ${commands.setSecret(name, '--file secret.txt')}`,
          };
    case 403:
      if (answer.code === 'SecretDisabled') {
        return { reason: `The secret ${name} is disabled.`, nextStep: `Enable it: ${commands.enableSecret(name)}` };
      }
      if (answer.code === 'ForbiddenByFirewall') {
        return {
          reason: 'The network rules of the vault keep this machine out.',
          nextStep: `Let it in, or run the doctor where the app runs: ${commands.vaultNetworkRules}`,
        };
      }
      return {
        reason: `The identity may not read the secret ${name}: it has no role for that at this vault.`,
        nextStep: `Give it the role (it takes a few minutes to work): ${commands.allowToReadSecrets}`,
      };
    case 401:
      return {
        reason:
          'The vault does not accept the token: it belongs to another tenant than the identity, or the clock is wrong.',
        nextStep:
          'Use an identity of the tenant that the vault is in; as yourself: az login --tenant with that tenant.',
      };
    case 429:
      return { reason: 'The vault is asked too often.', nextStep: 'Wait a minute, then run the doctor again.' };
    default:
      return {
        reason: `The vault answers ${answer?.status ?? ''}, and not with a secret.`,
        nextStep: 'Run the doctor again; if it stays, see the health of Azure, and what answers at KEY_VAULT_URL.',
      };
  }
}
