import * as z from 'zod';
import { resolveLink } from '../hostRules.ts';
import { parseJson } from '../json.ts';
import type { Transport, UpstreamAnswer } from '../net/transport.ts';
import { Problem } from '../problem.ts';
import type { HealthStep } from './platform.ts';
import { recordSteps, type Observe } from './recordSteps.ts';
import { refuseOutage, AnswerFailure } from './failures.ts';

// The calls of the guest itself in a probe join, which both Skype platforms share.

/** How the guest of a probe join names itself where it has to. */
export const probeGuest = { culture: 'en-US', userAgent: 'AnonymousJoin health check' } as const;

/** A guest that has its token and asks for its application. */
interface ArrivingGuest {
  /** Sends once, past retries and breakers. */
  readonly send: Transport;
  /** Where applications are created; the caller has checked that the token may go there. It goes to no other origin. */
  readonly applicationsUrl: URL;
  readonly token: string;
  readonly body: Readonly<Record<string, string>>;
}

/** Of the second that a check has after its time is up (lib/health/checkDiscovery.ts). */
const graceMs = 800;
const overstayed = 'Nothing has to be done: the platform ends what the test guest left behind, after 15 minutes or so.';

/** The steps of a probe join. A guest that could not leave is a warning only, because it could have joined. */
export async function recordProbeJoin(
  check: (observe: Observe) => Promise<void>,
  asProblem: (failure: unknown) => Problem,
): Promise<HealthStep[]> {
  const steps = await recordSteps(check, asProblem);
  return steps.map((step) =>
    step.name === 'leave' && step.outcome === 'fail' ? { ...step, outcome: 'warn', action: overstayed } : step,
  );
}

/**
 * Creates the guest's application, and ends it in any case: also if it is not what a guest needs, and if time is up. An
 * application whose answer was lost cannot be named, and stays until the platform ends it.
 */
export async function createAndEndApplication(
  guest: ArrivingGuest,
  observe: Observe,
  signal: AbortSignal,
): Promise<void> {
  const { send, applicationsUrl, token, body } = guest;
  const authorization = `Bearer ${token}`;
  let application: URL | undefined;
  try {
    await observe('application', async () => {
      const headers = { ...guestHeaders, authorization, 'content-type': 'application/json' };
      const answer = await send({ method: 'POST', url: applicationsUrl, headers, body: JSON.stringify(body) }, signal);
      refuseGuestAnswer(answer);
      application = applicationOf(answer, applicationsUrl);
      if (!application) throw new AnswerFailure('unusable');
      if (!readApplication(answer.body)?._embedded?.communication?._links?.joinOnlineMeeting) throw noJoinOffered();
    });
  } finally {
    const url = application;
    if (url) {
      await observe('leave', async () => {
        const headers = { ...guestHeaders, authorization };
        const time = signal.aborted ? AbortSignal.timeout(graceMs) : signal;
        refuseGuestAnswer(await send({ method: 'DELETE', url, headers }, time));
      });
    }
  }
}

/** What a guest's call carries besides its token. */
export const guestHeaders = { accept: 'application/json' } as const;

/** Throws what any answer but a success means, to a guest who has just been given its token. */
export function refuseGuestAnswer(answer: UpstreamAnswer): void {
  refuseOutage(answer);
  const { status } = answer;
  if (status >= 400) {
    throw new Problem(
      'platform-refused',
      'Guests are turned away with the token that they were given. See whether the test meeting still takes guests.',
      { reason: 'meeting-rejected' },
    );
  }
  if (status < 200 || status >= 300) throw new AnswerFailure('unusable');
}

const link = z.object({ href: z.string() });
const applicationResource = z.object({
  _links: z.object({ self: link }).optional().catch(undefined),
  _embedded: z
    .object({
      communication: z.object({ _links: z.object({ joinOnlineMeeting: link }).optional() }).optional(),
    })
    .optional()
    .catch(undefined),
});

function readApplication(body: string): z.output<typeof applicationResource> | undefined {
  return applicationResource.safeParse(parseJson(body)).data;
}

/** The new application, by its header or by its own link; undefined if neither is of the origin that was asked. */
function applicationOf({ headers, body }: UpstreamAnswer, applicationsUrl: URL): URL | undefined {
  const { hostname: host, port } = applicationsUrl;
  return [headers.location, readApplication(body)?._links?.self.href]
    .map((href) => (href ? resolveLink(href, applicationsUrl, [{ host, port }]) : undefined))
    .find((url) => url?.origin === applicationsUrl.origin);
}

function noJoinOffered(): Problem {
  return new Problem(
    'capability-missing',
    'Guests get in, but are not offered to join. Ask the administrator of the platform to let them join meetings.',
  );
}
