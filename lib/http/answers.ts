import type * as z from 'zod';
import type { GuestRow } from '../guests/guestTable.ts';
import { guestIdOf } from '../guests/identity.ts';
import type { Preflight } from '../guests/preflight.ts';
import type { Removal } from '../guests/removal.ts';
import type { GuestPage } from '../guests/search.ts';
import type { Admitted } from '../guests/tokens.ts';
import type { HealthReport, StatusSummary } from '../health/status.ts';
import type { CreatedMeeting } from '../meetings/meetings.ts';
import type * as guests from '../contract/schemas/guests.ts';
import type * as health from '../contract/schemas/health.ts';
import type * as meetings from '../contract/schemas/meetings.ts';

/** What the use cases found, as the contract words it. */

export function tokenBody({ guest, row, join }: Admitted): z.infer<typeof guests.tokenAnswer> {
  const { discoverUrl, applicationsUrl, conferenceUri, identityPreserved } = join;
  return {
    applicationSessionId: guest.applicationSessionId,
    guestId: guestIdOf(guest.applicationSessionId),
    meetingUrl: guest.meetingUrl,
    platform: row.platform,
    token: join.token,
    tokenType: 'Bearer',
    expiryTime: join.expiryTime.toISOString(),
    ...(discoverUrl && { discoverUrl }),
    ...(applicationsUrl && { applicationsUrl }),
    ...(conferenceUri && { conferenceUri }),
    identityPreserved,
  };
}

export function rejoinBody(admitted: Admitted): z.infer<typeof guests.rejoinAnswer> {
  return { ...tokenBody(admitted), rejoinCount: admitted.row.rejoinCount };
}

export function guestBody(row: GuestRow): z.infer<typeof guests.guestAnswer> {
  const { guestId, state, platform, createdAt, lastTokenAt, tokensValidUntil, rejoinCount, expiresAt } = row;
  return {
    guestId,
    state,
    platform,
    createdAt: createdAt.toISOString(),
    lastTokenAt: lastTokenAt.toISOString(),
    tokensValidUntil: tokensValidUntil.toISOString(),
    rejoinCount,
    expiresAt: expiresAt.toISOString(),
  };
}

export function removalBody({ guestId, removedAt, tokensValidUntil }: Removal): z.infer<typeof guests.removalAnswer> {
  return { guestId, removedAt: removedAt.toISOString(), tokensValidUntil: tokensValidUntil.toISOString() };
}

export function guestPageBody(page: GuestPage): z.infer<typeof guests.searchAnswer> {
  const { cursor } = page;
  return { guests: page.guests.map(guestBody), ...(cursor !== undefined && { cursor }) };
}

export function meetingBody(meeting: CreatedMeeting): z.infer<typeof meetings.meetingAnswer> {
  const { meetingUrl, onlineMeetingUri, conferenceId, organizerUri, expiryTime, platform } = meeting;
  return {
    meetingUrl,
    ...(onlineMeetingUri && { onlineMeetingUri }),
    ...(conferenceId && { conferenceId }),
    ...(organizerUri && { organizerUri }),
    expiryTime: expiryTime.toISOString(),
    platform,
  };
}

export function preflightBody({
  status,
  platform,
  session,
  reasons,
}: Preflight): z.infer<typeof meetings.preflightAnswer> {
  return {
    status,
    ...(platform && { platform }),
    ...(session && { session }),
    reasons: reasons.map((reason) => ({ ...reason })),
  };
}

export function healthStatusBody({ status, checkedAt }: StatusSummary): z.infer<typeof health.healthStatus> {
  return { status, ...(checkedAt && { checkedAt: checkedAt.toISOString() }) };
}

export function healthReportBody(report: HealthReport): z.infer<typeof health.healthReport> {
  return {
    ...healthStatusBody(report),
    checks: report.checks.map(({ name, status, checkedAt, nextDueAt, steps }) => ({
      name,
      status,
      checkedAt: checkedAt.toISOString(),
      nextDueAt: nextDueAt.toISOString(),
      steps: steps.map((step) => ({ ...step })),
    })),
  };
}
