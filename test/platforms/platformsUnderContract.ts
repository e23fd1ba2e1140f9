import { openVault } from '../../lib/azure/vault.ts';
import { createTransport } from '../../lib/net/transport.ts';
import type { MeetingPlatform } from '../../lib/platforms/platform.ts';
import { createTrustedApplication } from '../../lib/platforms/trustedApplication/trustedApplication.ts';
import { createUcwa } from '../../lib/platforms/ucwa/ucwa.ts';
import type { Settings } from '../../lib/settings.ts';
import type { Operation } from '../../local/simulator/operations.ts';
import type { World } from '../../local/simulator/world.ts';

/** What the contract has to be told of a meeting platform; everything else is the same for all. */
export interface PlatformUnderContract {
  readonly name: string;
  readonly meetingUrl: string;
  readonly otherMeetingUrl: string;
  /** The call that gives tokens. */
  readonly tokenCall: Operation;
  /** The call that creates a meeting; undefined if the platform creates none. */
  readonly meetingCall: Operation | undefined;
  /** Whether a guest whose token has ended is still known. */
  readonly knowsGuestsForGood: boolean;
  readonly longestTokenLifeSeconds: number;
  /** Which participant a token was made for. */
  participantOf(world: World, token: string): string | undefined;
  /** The platform by itself, as another process would have it. */
  newPlatform(settings: Settings, now: () => number): MeetingPlatform;
}

export const platformsUnderContract: readonly PlatformUnderContract[] = [
  {
    name: 'trusted-application',
    meetingUrl: 'https://meet.lync.example/contoso/testuser/1SD8D0WZ',
    otherMeetingUrl: 'https://meet.lync.example/contoso/testuser/7XY9K2LM',
    tokenCall: 'platform.tokens',
    meetingCall: 'platform.meetings',
    knowsGuestsForGood: true,
    longestTokenLifeSeconds: 28_800,
    participantOf: ({ platform }, token) =>
      platform.issued.find((issued) => issued.token === token)?.applicationSessionId,
    newPlatform: (all, now) => {
      const { trustedApplication: settings, development } = all;
      if (!settings) throw new Error('the settings name no trusted application');
      return createTrustedApplication({ settings, development, ...outside(all), now });
    },
  },
  ...['contoso.example', 'litware.example'].map((domain) => ({
    name: 'ucwa',
    meetingUrl: `https://meet.${domain}/john/5LB7MRBC`,
    otherMeetingUrl: `https://meet.${domain}/danab/PYC58WSY`,
    tokenCall: 'ucwa.token' as const,
    meetingCall: undefined,
    knowsGuestsForGood: false,
    longestTokenLifeSeconds: 3_600,
    participantOf: ({ onPremises }: World, token: string) =>
      onPremises.issued.find((issued) => issued.token === token)?.identity,
    newPlatform: (all: Settings, now: () => number) => {
      const { ucwa: settings } = all;
      if (!settings) throw new Error('the settings name no servers on premises');
      return createUcwa({ settings, ...outside(all), now });
    },
  })),
];

function outside(settings: Settings) {
  return { readSecret: openVault(settings), transport: createTransport({ connectTo: settings.connectTo }) };
}
