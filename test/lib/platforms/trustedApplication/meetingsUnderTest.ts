import type { Transport, UpstreamRequest } from '../../../../lib/net/transport.ts';
import { Upstream } from '../../../../lib/net/upstream.ts';
import type { Meeting, MeetingRequest } from '../../../../lib/platforms/platform.ts';
import { discover, Discovery } from '../../../../lib/platforms/trustedApplication/discovery.ts';
import { requestMeeting, type MeetingOptions } from '../../../../lib/platforms/trustedApplication/meetings.ts';
import { asPlatformProblem } from '../../../../lib/platforms/trustedApplication/failure.ts';
import type { Fault } from '../../../../local/simulator/faults.ts';
import type { CreatedMeeting } from '../../../../local/simulator/upstreams/platform/behaviour.ts';
import type { World } from '../../../../local/simulator/world.ts';
import { requestSignal, startPlatformUnderTest, type PlatformUnderTest } from './platformUnderTest.ts';

/** The creation of meetings, against the simulated platform. */
export interface MeetingsUnderTest {
  readonly platform: PlatformUnderTest;
  readonly world: World;
  /** The clock of the discovery, ms since 1970. */
  readonly clock: { now: number };
  /** Every request to the platform as it left. */
  readonly sent: UpstreamRequest[];
  /** A healthy platform, and a process that knows nothing yet. */
  reset(): Promise<void>;
  /** A process that knows nothing yet. @param transport default: the usual one. */
  restart(transport?: Transport): void;
  options(): MeetingOptions;
  /** Creates a meeting; fails with the problem that a caller gets. */
  create(meeting?: MeetingRequest, signal?: AbortSignal): Promise<Meeting>;
  breakIt(fault: Fault): void;
  /** What the platform made. */
  made(): CreatedMeeting[];
  /** What arrived at the platform, such as `discover` or `meetings`. */
  operations(): string[];
  /** Requests for a meeting that arrived. */
  posts(): number;
  discoveries(): number;
  stop(): Promise<void>;
}

export async function startMeetingsUnderTest(): Promise<MeetingsUnderTest> {
  const platform = await startPlatformUnderTest();
  const clock = { now: Date.now() };
  const sent: UpstreamRequest[] = [];
  let options = newOptions();

  function newOptions(transport = platform.transport): MeetingOptions {
    const { discoverUrl, endpointId, hosts, meetingHosts } = platform.settings;
    const recording: Transport = (request, signal) => {
      sent.push(request);
      return transport(request, signal);
    };
    // The breaker keeps to the real clock; it is not what is tested here.
    const upstream = new Upstream({ transport: recording, initialDelayMs: 5, breakAfter: 1_000 });
    const tokens = platform.newTokens();
    const client = { send: upstream.send, tokens, hosts };
    const discovery = new Discovery({
      discover: () => discover({ discoverUrl, endpointId, client }, requestSignal()),
      now: () => clock.now,
    });
    return { discovery, client: { ...client, send: upstream.sendAtMostOnce }, meetingHosts };
  }

  const operations = (): string[] =>
    platform.platformCalls().map(({ operation }) => operation.replace('platform.', ''));
  const count = (name: string): number => operations().filter((operation) => operation === name).length;
  return {
    platform,
    world: platform.world,
    clock,
    sent,
    async reset() {
      await platform.world.reset();
      clock.now = Date.now();
      sent.length = 0;
      options = newOptions();
    },
    restart(transport) {
      options = newOptions(transport);
    },
    options: () => options,
    create: (meeting = {}, signal = requestSignal()) =>
      requestMeeting(options, meeting, signal).catch((error: unknown) => {
        throw asPlatformProblem(error);
      }),
    breakIt: (fault) => {
      platform.world.faults.set('platform.meetings', fault);
    },
    made: () => platform.world.platform.meetings,
    operations,
    posts: () => count('meetings'),
    discoveries: () => count('discover'),
    stop: () => platform.stop(),
  };
}

export const aDiscovery = ['discover', 'applications', 'application'];
export const unusable = { code: 'platform-refused', reason: 'answer-unusable' };
