import { makeCallers, type AccessTokenVersion } from './callers.ts';

/** The one tenant of the simulated Entra. */
export const tenantId = '3d2a9c10-0000-4000-8000-0000000000aa';
/** The application of our service, which calls the meeting platform. */
export const clientId = '5f1d2c3b-0000-4000-8000-0000000000c1';

/** The applications of the tenant: what ours may prove itself with, who calls it, and how tokens look and live. */
export class EntraClients {
  /** Client secrets that are good now; several at once while one is being rotated. */
  acceptedSecrets: string[] = [];
  /** Certificates (PEM) whose keys may sign client assertions. */
  certificates: string[] = [];
  /** Life of tokens issued from now on, managed identity ones included. */
  tokenLifetimeSeconds = 3599;
  /** The form of the tokens that our service's callers get from now on. */
  callerTokenVersion: AccessTokenVersion = '2.0';
  /** Who calls our service, good for as long as the simulator runs. */
  readonly callers = makeCallers();
  #generation = 0;

  /** Every token issued to the application so far is refused from now on; managed identity tokens stay good. */
  revokeIssuedTokens(): void {
    this.#generation += 1;
  }

  /** Counts revocations: a token carries the count at its issue. */
  get generation(): number {
    return this.#generation;
  }

  /** Back to an application without credentials. Tokens stay as good or as revoked as they are. */
  clear(): void {
    this.acceptedSecrets = [];
    this.certificates = [];
    this.tokenLifetimeSeconds = 3599;
    this.callerTokenVersion = '2.0';
  }
}
