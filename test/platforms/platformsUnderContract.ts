import type { Operation } from '../../local/simulator/operations.ts';
import type { World } from '../../local/simulator/world.ts';

/** What the contract has to be told of a meeting platform; everything else is the same for all. */
export interface PlatformUnderContract {
  readonly name: string;
  readonly meetingUrl: string;
  readonly otherMeetingUrl: string;
  /** The call that gives tokens. */
  readonly tokenCall: Operation;
  /** Whether a guest whose token has ended is still known. */
  readonly knowsGuestsForGood: boolean;
  readonly longestTokenLifeSeconds: number;
  /** Which participant a token was made for. */
  participantOf(world: World, token: string): string | undefined;
}

export const platformsUnderContract: readonly PlatformUnderContract[] = [
  {
    name: 'trusted-application',
    meetingUrl: 'https://meet.lync.example/contoso/testuser/1SD8D0WZ',
    otherMeetingUrl: 'https://meet.lync.example/contoso/testuser/7XY9K2LM',
    tokenCall: 'platform.tokens',
    knowsGuestsForGood: true,
    longestTokenLifeSeconds: 28_800,
    participantOf: ({ platform }, token) =>
      platform.issued.find((issued) => issued.token === token)?.applicationSessionId,
  },
  ...['contoso.example', 'litware.example'].map((domain) => ({
    name: 'ucwa',
    meetingUrl: `https://meet.${domain}/john/5LB7MRBC`,
    otherMeetingUrl: `https://meet.${domain}/danab/PYC58WSY`,
    tokenCall: 'ucwa.token' as const,
    knowsGuestsForGood: false,
    longestTokenLifeSeconds: 3_600,
    participantOf: ({ onPremises }: World, token: string) =>
      onPremises.issued.find((issued) => issued.token === token)?.identity,
  })),
];
