import type { GuestReason } from './reason.ts';
import type { Refusal } from './state.ts';

/**
 * What can be done about a failure: nothing; start anew, with a new token, while there is time; or start anew once, because
 * the token was refused or the application was not found.
 */
export type Remedy = 'none' | 'anew' | 'new-token' | 'new-application';

interface FailureOptions {
  readonly remedy?: Remedy;
  /** Whether the same request can be sent again without doing anything twice. Default: no. */
  readonly repeatable?: boolean;
  readonly retryAfterSeconds?: number | undefined;
  readonly refusal?: Refusal;
}

/** What a guest met. It has no cause: what a fetch throws may quote a URL or a header with the token. */
export class GuestFailure extends Error {
  override readonly name = 'GuestFailure';
  readonly reason: GuestReason;
  readonly remedy: Remedy;
  readonly repeatable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly refusal: Refusal;

  constructor(reason: GuestReason, options: FailureOptions = {}) {
    super(reason);
    this.reason = reason;
    this.remedy = options.remedy ?? 'none';
    this.repeatable = options.repeatable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.refusal = options.refusal ?? {};
  }
}
