import type { Transport } from '../../net/transport.ts';
import type { UcwaSettings } from './settings.ts';
import type { HealthStep, PlatformGuest } from '../platform.ts';
import { createAndEndApplication, recordProbeJoin, probeGuest } from '../probeJoin.ts';
import { createConferences } from './conferences.ts';
import { asUcwaProblem } from './refusals.ts';
import { findServers } from './servers.ts';
import { ChallengeFailure } from './tokenEndpoint.ts';
import { grantFor, requestTicket } from './webTicket.ts';

export interface ProbeJoinOptions {
  readonly settings: UcwaSettings;
  /** Past retries and breakers. */
  readonly send: Transport;
  readonly now: () => number;
}

/** A ticket, and all that a guest does with it short of joining (§3.1, §3.5). */
export function probeJoin(
  { settings, send, now }: ProbeJoinOptions,
  { applicationSessionId, meetingUrl }: PlatformGuest,
  signal: AbortSignal,
): Promise<HealthStep[]> {
  return recordProbeJoin(async (observe) => {
    const conference = await observe('meeting', () =>
      createConferences(send, settings.meetingHosts).of(meetingUrl, signal),
    );
    const [grant, context] = [grantFor(conference), { now, once: true }];
    const { applicationsUrl, tokenEndpoint } = await observe('discovery', () =>
      findServers({ ...settings, send }, conference.domain, grant, context, signal),
    );
    const token = await observe('token', async () => {
      const ticket = await requestTicket(send, { endpoint: tokenEndpoint, grant, ...context }, signal);
      // It never goes to a host that did not issue it, where it would be of no use either (§2.8).
      if (ticket.origin !== applicationsUrl.origin) throw new ChallengeFailure('endpoint-refused');
      return ticket.token;
    });
    const body = { ...probeGuest, endpointId: applicationSessionId };
    await createAndEndApplication({ send, applicationsUrl, token, body }, observe, signal);
  }, asUcwaProblem);
}
