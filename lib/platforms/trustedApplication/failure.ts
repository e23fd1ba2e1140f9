import type { UpstreamAnswer } from '../../net/transport.ts';
import { Problem, type ProblemCode, type RefusalReason } from '../../problem.ts';
import { AnswerFailure, asSharedProblem, refuseOutage } from '../failures.ts';

type TrustedApplicationFailureCode =
  /** The platform does not accept the Entra token. */
  | 'credentials-rejected'
  /** The application, its endpoint or the tenant's consent is not known to the platform. */
  | 'not-registered'
  /** The platform gives no tokens for this meeting. */
  | 'meeting-rejected'
  /** The application resource has no link for anonymous tokens: the permission was not granted. */
  | 'tokens-not-granted'
  /** The application resource has no ad-hoc meetings: the permission was not granted. */
  | 'meetings-not-granted'
  /** The platform does not create a meeting with these options. */
  | 'options-rejected'
  /** The platform creates no more meetings for this application at present. */
  | 'too-many-meetings';

/** The platform refused, in a way that its protocol explains (docs/protocol/trusted-application-api.md §1.8, §1.11, §7.2). */
export class TrustedApplicationFailure extends Error {
  override readonly name = 'TrustedApplicationFailure';
  readonly code: TrustedApplicationFailureCode;

  constructor(code: TrustedApplicationFailureCode) {
    super(`trusted application: ${code}`);
    this.code = code;
  }
}

/** Throws for a failed answer whatever resource gave it; statuses that depend on the resource pass. */
export function refuseFailedAnswer(answer: UpstreamAnswer): void {
  const { status } = answer;
  if (status === 401) throw new TrustedApplicationFailure('credentials-rejected');
  refuseOutage(answer);
  if (status >= 300 && status < 400) throw new AnswerFailure('unusable');
}

type Meaning = readonly [code: ProblemCode, detail: string, reason?: RefusalReason];

const meanings: Readonly<Record<TrustedApplicationFailureCode, Meaning>> = {
  'credentials-rejected': [
    'platform-refused',
    "Ask the administrator to check the application's registration and its audience setting.",
    'credentials-rejected',
  ],
  'not-registered': [
    'platform-refused',
    'Ask the administrator to register the application endpoint and to grant tenant consent.',
    'not-registered-or-consented',
  ],
  'meeting-rejected': [
    'platform-refused',
    'Check the meeting URL, and that the meeting belongs to this tenant.',
    'meeting-rejected',
  ],
  'tokens-not-granted': [
    'capability-missing',
    'Ask the administrator to grant the application the permission for guest user join services.',
  ],
  'meetings-not-granted': [
    'capability-missing',
    'Ask the administrator to grant the application the permission "Create on-demand Skype meetings".',
  ],
  'options-rejected': [
    'platform-refused',
    "Check the meeting's options: attendees and leaders have to be members of the organisation.",
    'meeting-rejected',
  ],
  'too-many-meetings': [
    'platform-refused',
    'There are too many meetings already. Create this one when others have expired.',
    'meeting-rejected',
  ],
};

/** Whatever went wrong on the way to the platform, as a problem: the one mapping, at the edge of the adapter. */
export function asPlatformProblem(failure: unknown): Problem {
  if (!(failure instanceof TrustedApplicationFailure)) return asSharedProblem(failure);
  const [code, detail, reason] = meanings[failure.code];
  return new Problem(code, detail, { reason, cause: failure });
}
