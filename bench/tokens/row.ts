import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** A guest's rows with the columns and lengths of the service's own; what is sealed there is random here. */
export function makeRows() {
  const applicationSessionId = randomUUID();
  const guestId = createHash('sha256').update(`guest\n${applicationSessionId}`).digest('base64url');
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 24 * 3_600_000);
  return {
    applicationSessionId,
    guest: { partitionKey: guestId, rowKey: 'guest', ...columns(now, expiresAt), rejoinCount: 0 },
    entry: { partitionKey: newMeetingIndex(), rowKey: guestId, expiresAt },
  };
}

/** The columns that a rejoin writes anew, and those that it keeps. */
export function columns(now: Date, expiresAt: Date) {
  return {
    state: 'active',
    platform: 'trusted-application',
    sealed: randomBytes(180).toString('base64url'),
    meetingIndex: newMeetingIndex(),
    createdAt: now,
    lastTokenAt: now,
    tokensValidUntil: expiresAt,
    expiresAt,
  };
}

function newMeetingIndex(): string {
  return `k1.${randomBytes(32).toString('base64url')}`;
}
