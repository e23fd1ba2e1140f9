/** The one tenant of the simulated Entra. */
export const tenantId = '3d2a9c10-0000-4000-8000-0000000000aa';
/** The one application registered in it. */
export const clientId = '5f1d2c3b-0000-4000-8000-0000000000c1';

/** What the registered application may prove itself with, and how long its tokens live. */
export class EntraClients {
  /** Client secrets that are good now; several at once while one is being rotated. */
  acceptedSecrets: string[] = [];
  /** Certificates (PEM) whose keys may sign client assertions. */
  certificates: string[] = [];
  /** Life of tokens issued from now on, managed identity ones included. */
  tokenLifetimeSeconds = 3599;
  #generation = 0;

  /** Every token issued to the application so far is refused from now on; managed identity tokens stay good. */
  revokeIssuedTokens(): void {
    this.#generation += 1;
  }

  /** Counts revocations: a token carries the count of its day. */
  get generation(): number {
    return this.#generation;
  }

  /** Back to an application without credentials. Tokens stay as good or as revoked as they are. */
  clear(): void {
    this.acceptedSecrets = [];
    this.certificates = [];
    this.tokenLifetimeSeconds = 3599;
  }
}
