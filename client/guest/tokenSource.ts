import type { CallOptions } from '../serviceHttp.ts';
import type { Clock } from '../clock.ts';
import { FreshGuest } from '../freshGuest.ts';
import { withRetries } from '../retry.ts';
import type { ServerTime } from '../serverTime.ts';
import { propertyOf, textOf } from './body.ts';
import { GuestFailure } from './failure.ts';
import { isUsable, type GuestToken, type NextGuestToken } from './guestToken.ts';

/**
 * Asks for a rejoin token, as the client's `rejoin` does, or the advisor's back end. It rejects for good with an error whose
 * `code` is the service's `guest-removed` or `guest-not-found`; after every other one it is asked again.
 */
export type Rejoin = (options: CallOptions) => Promise<NextGuestToken>;

interface TokenSourceOptions {
  readonly join: GuestToken;
  readonly rejoin: Rejoin;
  readonly clock: Clock;
  readonly random: () => number;
  readonly serverTime: ServerTime;
}

const rejoinLimits = { tries: 1, tryMs: 60_000, totalMs: 60_000 };

/** The guest's tokens: the newest one is kept from ending, so that a drop finds an identity that can still be renewed. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #fresh: FreshGuest<NextGuestToken, NextGuestToken>;
  #identityPreserved = true;
  /** What the present application was created with. */
  #entered: GuestToken;
  /** For the present application; kept back from what prints this. */
  #token: string;
  #continuesApplication = true;

  constructor(options: TokenSourceOptions) {
    const { join, clock, random, serverTime } = options;
    this.#options = options;
    this.#entered = join;
    this.#token = join.token;
    const renew = (_: NextGuestToken, { signal }: CallOptions) => this.#renew(signal);
    this.#fresh = new FreshGuest<NextGuestToken, NextGuestToken>(join, { clock, random, serverTime, renew });
  }

  /** For the requests of the present application: a renewed token does as well, if it is for the same participant there. */
  get token(): string {
    return this.#token;
  }

  /** False once a guestToken was for another participant than the first one. */
  get identityPreserved(): boolean {
    return this.#identityPreserved;
  }

  /** Whether the newest guestToken is for the participant of the present application, and for the server that it is on. */
  get continuesApplication(): boolean {
    return this.#continuesApplication;
  }

  /** From now on there is an application that was created with this guestToken. */
  use(guestToken: GuestToken): void {
    this.#entered = guestToken;
    this.#token = guestToken.token;
    this.#continuesApplication = true;
  }

  /**
   * A new guestToken for the same guest; rejects with {@link GuestFailure}, or the signal's reason.
   * @param isRefused the platform does not take the token in use: a newer one that is there already will do
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
    // One that is never answered would be waited for by all who come after.
    const guestToken = await withRetries(ask, { ...rejoinLimits, clock, random, signal });
    if (!isUsable(guestToken)) throw new GuestFailure('unusable-answer', { remedy: 'anew' });
    const { identityPreserved = true, applicationsUrl } = guestToken;
    this.#identityPreserved &&= identityPreserved;
    this.#continuesApplication &&=
      identityPreserved && originOf(applicationsUrl) === originOf(this.#entered.applicationsUrl);
    if (this.#continuesApplication) this.#token = guestToken.token;
    return guestToken;
  }
}

/**
 * Only what the service says of the guest is final; everything else may be mended while the guest tries. Problems are known
 * by their fields: a page may have the client in another bundle, with a class of its own.
 */
function failureOf(error: unknown): GuestFailure {
  if (error instanceof GuestFailure) return error;
  const code = textOf(propertyOf(error, 'code'));
  const status = numberOf(propertyOf(error, 'status'));
  const refusal = { ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
  if (code === 'guest-removed') return new GuestFailure('guest-removed', { refusal });
  if (code === 'guest-not-found') return new GuestFailure('session-lost', { refusal });
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
