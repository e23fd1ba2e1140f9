import type { Timing } from '../clock.ts';
import { FreshGuest } from '../freshGuest.ts';
import type { ServerTime } from '../http.ts';
import { withRetries } from '../retry.ts';
import type { CallOptions } from '../serviceHttp.ts';
import { GuestFailure } from './failure.ts';
import { isUsable, type GuestToken, type NextGuestToken } from './guestToken.ts';
import { propertyOf, textOf } from './resource.ts';

/**
 * Asks for a rejoin token, as the client's `rejoin` does, or the advisor's back end. An error whose `code` is the service's
 * `guest-removed` or `guest-not-found` is final; after any other error the session asks again.
 */
export type Rejoin = (options: CallOptions) => Promise<NextGuestToken>;

interface TokenSourceOptions extends Timing {
  readonly join: GuestToken;
  readonly rejoin: Rejoin;
  readonly serverTime: ServerTime;
}

const rejoinLimits = { tries: 1, tryMs: 60_000, totalMs: 60_000 };

/** The guest's tokens. The newest one is renewed before it ends, so that after a drop its identity can still be renewed. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #fresh: FreshGuest<NextGuestToken, NextGuestToken>;
  #identityPreserved = true;
  /** The token that the present application was created with. */
  #usedToken: GuestToken;
  /** For requests of the present application; private, so that no inspection prints it. */
  #token: string;
  #continuesApplication = true;

  constructor(options: TokenSourceOptions) {
    const { join, clock, random, serverTime } = options;
    this.#options = options;
    this.#usedToken = join;
    this.#token = join.token;
    const renew = (_: NextGuestToken, { signal }: CallOptions) => this.#renew(signal);
    this.#fresh = new FreshGuest<NextGuestToken, NextGuestToken>(join, { clock, random, serverTime, renew });
  }

  /** For requests of the present application: the newest token that is for the same participant there. */
  get token(): string {
    return this.#token;
  }

  /** False once a token was for another participant than the first one. */
  get identityPreserved(): boolean {
    return this.#identityPreserved;
  }

  /** Whether the newest token is for the participant and the server of the present application. */
  get continuesApplication(): boolean {
    return this.#continuesApplication;
  }

  /** Says that the next application is created with this token. */
  use(guestToken: GuestToken): void {
    this.#usedToken = guestToken;
    this.#token = guestToken.token;
    this.#continuesApplication = true;
  }

  /**
   * Gets a new token for the same guest; rejects with {@link GuestFailure}, or the signal's reason.
   * @param isRefused the platform refuses the token in use: a newer one that was renewed before is enough
   */
  async next(isRefused: boolean, signal: AbortSignal): Promise<NextGuestToken> {
    const { current } = this.#fresh;
    if (isRefused && current.token !== this.#token) return current;
    return this.#fresh.rejoin({ signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw failureOf(error);
    });
  }

  /** Ends renewal. */
  stop(): void {
    this.#fresh.stop();
  }

  async #renew(signal: AbortSignal | undefined): Promise<NextGuestToken> {
    const { rejoin, clock, random } = this.#options;
    const ask = (trying: AbortSignal) => rejoin({ signal: trying });
    // With a time limit, because every later renewal would wait for a request that is never answered.
    const next = await withRetries(ask, { ...rejoinLimits, clock, random, signal });
    if (!isUsable(next)) throw new GuestFailure('unusable-answer', { remedy: 'anew' });
    const { identityPreserved = true, applicationsUrl } = next;
    this.#identityPreserved &&= identityPreserved;
    this.#continuesApplication &&=
      identityPreserved && originOf(applicationsUrl) === originOf(this.#usedToken.applicationsUrl);
    if (this.#continuesApplication) this.#token = next.token;
    return next;
  }
}

/**
 * Only what the service says of the guest is final; every other error may go away while the guest tries. Problems are known
 * by their fields, because a page may have the client in another bundle, with another class.
 */
function failureOf(error: unknown): GuestFailure {
  if (error instanceof GuestFailure) return error;
  const code = textOf(propertyOf(error, 'code'));
  const status = numberOf(propertyOf(error, 'status'));
  const refusal = { ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
  if (code === 'guest-removed') return new GuestFailure('guest-removed', { refusal });
  if (code === 'guest-not-found') return new GuestFailure('session-lost', { refusal });
  // `transient` is a getter, which is no own property.
  const isRefused = typeof error === 'object' && error !== null && 'transient' in error && error.transient === false;
  const reason = code === 'too-many-requests' ? 'busy' : isRefused ? 'token-refused' : 'unreachable';
  const retryAfterSeconds = numberOf(propertyOf(error, 'retryAfterSeconds'));
  return new GuestFailure(reason, { remedy: 'anew', retryAfterSeconds, refusal });
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}
