import type { CallOptions } from '../call.ts';
import type { Clock } from '../clock.ts';
import { FreshGuest } from '../freshGuest.ts';
import { withRetries } from '../retry.ts';
import type { ServerTime } from '../serverTime.ts';
import { propertyOf, textOf } from './body.ts';
import { GuestFailure } from './failure.ts';
import { isUsable, type GuestPass, type RejoinPass } from './pass.ts';

/**
 * Asks for a rejoin token, as the client's `rejoin` does, or the advisor's back end. It rejects for good with an error whose
 * `code` is the service's `guest-removed` or `guest-not-found`; after every other one it is asked again.
 */
export type Rejoin = (options: CallOptions) => Promise<RejoinPass>;

interface PassesOptions {
  readonly join: GuestPass;
  readonly rejoin: Rejoin;
  readonly clock: Clock;
  readonly random: () => number;
  readonly serverTime: ServerTime;
}

const rejoinLimits = { tries: 1, tryMs: 60_000, totalMs: 60_000 };

/** The guest's tokens: the newest one is kept from ending, so that a drop finds an identity that can still be renewed. */
export class Passes {
  readonly #options: PassesOptions;
  readonly #fresh: FreshGuest<RejoinPass, RejoinPass>;
  #identityPreserved = true;
  /** What the present application was created with. */
  #entered: GuestPass;
  /** For the present application; kept back from what prints this. */
  #token: string;
  #fits = true;

  constructor(options: PassesOptions) {
    const { join, clock, random, serverTime } = options;
    this.#options = options;
    this.#entered = join;
    this.#token = join.token;
    const renew = (_: RejoinPass, { signal }: CallOptions) => this.#renew(signal);
    this.#fresh = new FreshGuest<RejoinPass, RejoinPass>(join, { clock, random, serverTime, renew });
  }

  /** For the requests of the present application: a renewed token does as well, if it is for the same participant there. */
  get token(): string {
    return this.#token;
  }

  /** False once a pass was for another participant than the first one. */
  get identityPreserved(): boolean {
    return this.#identityPreserved;
  }

  /** Whether the newest pass is for the participant of the present application, and for the server that it is on. */
  get fits(): boolean {
    return this.#fits;
  }

  /** From now on there is an application that was created with this pass. */
  enter(pass: GuestPass): void {
    this.#entered = pass;
    this.#token = pass.token;
    this.#fits = true;
  }

  /**
   * A new pass for the same guest; rejects with {@link GuestFailure}, or the signal's reason.
   * @param isRefused the platform does not take the token in use: a newer one that is there already will do
   */
  async another(isRefused: boolean, signal: AbortSignal): Promise<RejoinPass> {
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

  async #renew(signal: AbortSignal | undefined): Promise<RejoinPass> {
    const { rejoin, clock, random } = this.#options;
    const ask = (trying: AbortSignal) => rejoin({ signal: trying });
    // One that is never answered would be waited for by all who come after.
    const pass = await withRetries(ask, { ...rejoinLimits, clock, random, signal });
    if (!isUsable(pass)) throw new GuestFailure('unusable-answer', { remedy: 'anew' });
    const { identityPreserved = true, applicationsUrl } = pass;
    this.#identityPreserved &&= identityPreserved;
    this.#fits &&= identityPreserved && originOf(applicationsUrl) === originOf(this.#entered.applicationsUrl);
    if (this.#fits) this.#token = pass.token;
    return pass;
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
