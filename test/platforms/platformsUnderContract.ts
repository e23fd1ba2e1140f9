import { platformDescriptors } from '../../lib/platforms/platforms.ts';
import type { Fault } from '../../local/simulator/faults.ts';
import type { Operation } from '../../local/simulator/operations.ts';
import type { World } from '../../local/simulator/world.ts';
import { madePlatform, madeServer } from './madePlatform.ts';

interface TokenServer {
  calls(world: World): number;
  break(world: World, fault: Fault): void;
  /** Nothing listens any more, until it is mended. */
  takeDown(world: World): Promise<void>;
  mend(world: World): Promise<void>;
}

/** What the contract has to know of a meeting platform; everything else is the same for all. */
export interface PlatformUnderContract {
  readonly name: string;
  readonly meetingUrl: string;
  readonly otherMeetingUrl: string;
  /** What gives tokens, and how a test breaks it. */
  readonly tokenServer: TokenServer;
  /** The call that creates a meeting; undefined if the platform creates none. */
  readonly meetingCall: Operation | undefined;
  /** Whether a guest whose token has ended is still known. */
  readonly knowsGuestsForGood: boolean;
  readonly longestTokenLifeSeconds: number;
  /** Which participant a token was made for. */
  participantOf(world: World, token: string): string | undefined;
}

/** Those with servers in the simulator. */
export const simulatedPlatforms: readonly PlatformUnderContract[] = [
  {
    name: 'trusted-application',
    meetingUrl: 'https://meet.lync.example/contoso/testuser/1SD8D0WZ',
    otherMeetingUrl: 'https://meet.lync.example/contoso/testuser/7XY9K2LM',
    tokenServer: simulated('platform.tokens'),
    meetingCall: 'platform.meetings',
    knowsGuestsForGood: true,
    longestTokenLifeSeconds: 28_800,
    participantOf: ({ platform }, token) =>
      platform.issued.find((issued) => issued.token === token)?.applicationSessionId,
  },
  ...['contoso.example', 'litware.example'].map((domain) => ({
    name: 'ucwa',
    meetingUrl: `https://meet.${domain}/john/5LB7MRBC`,
    otherMeetingUrl: `https://meet.${domain}/danab/PYC58WSY`,
    tokenServer: simulated('ucwa.token'),
    meetingCall: undefined,
    knowsGuestsForGood: false,
    longestTokenLifeSeconds: 3_600,
    participantOf: ({ onPremises }: World, token: string) =>
      onPremises.issued.find((issued) => issued.token === token)?.identity,
  })),
];

export const platformsUnderContract: readonly PlatformUnderContract[] = [
  ...simulatedPlatforms,
  {
    name: madePlatform.name,
    meetingUrl: 'https://meet.made.example/one',
    otherMeetingUrl: 'https://meet.made.example/other',
    tokenServer: {
      calls: () => madeServer.calls,
      break: (_, fault) => {
        madeServer.fault = fault;
      },
      takeDown: () => {
        madeServer.fault = 'down';
        return Promise.resolve();
      },
      mend: () => {
        madeServer.fault = undefined;
        return Promise.resolve();
      },
    },
    meetingCall: undefined,
    knowsGuestsForGood: true,
    longestTokenLifeSeconds: 3_600,
    participantOf: (_, token) => token.split('.')[0],
  },
];

/** The one list of platforms, with the one that a test has made. */
export const descriptors = [...platformDescriptors, madePlatform];

function simulated(operation: Operation): TokenServer {
  return {
    calls: (world) => world.counts()[operation],
    break: (world, fault) => {
      world.faults.set(operation, fault);
    },
    takeDown: (world) => world.faults.down('platform', true),
    mend: (world) => world.faults.clearAll(),
  };
}
