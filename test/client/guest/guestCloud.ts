import { randomUUID } from 'node:crypto';
import type { Send } from '../../../client/http.ts';
import { systemClock, type Clock } from '../../../client/clock.ts';
import {
  joinMeeting,
  type GuestChange,
  type GuestToken,
  type GuestSession,
  type JoinOptions,
  type Rejoin,
} from '../../../client/guest/guest.ts';
import { withRetries } from '../../../client/retry.ts';
import type { Service } from '../../../lib/service.ts';
import type { Admitted } from '../../../lib/guests/tokens.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Participant } from '../../../local/simulator/meetings/participant.ts';
import type { Meeting } from '../../../local/simulator/meetings/meeting.ts';
import type { GuestResource, Operation } from '../../../local/simulator/operations.ts';
import { conferenceUriOf as readConferenceUri } from '../../../local/simulator/upstreams/platform/conferences.ts';
import type { World } from '../../../local/simulator/world.ts';
import { simulatedPlatforms, type PlatformUnderContract } from '../../platforms/platformsUnderContract.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';
import type { ManualClock } from '../manualClock.ts';
import { connectTo, type GuestNetwork } from '../../../local/guestNetwork.ts';

/** A platform, and where its guests meet. */
export interface Stage extends PlatformUnderContract {
  /** For the names of tests. */
  readonly title: string;
  /** Whether the service knows where the guest creates its application. */
  readonly isOnPremises: boolean;
  operation(place: GuestResource): Operation;
}

/** Every platform, on premises in both versions. */
export const stages: readonly Stage[] = simulatedPlatforms.map((platform) => {
  const isOnPremises = platform.name === 'ucwa';
  const version = platform.meetingUrl.includes('litware') ? '1.0' : '2.0';
  return {
    ...platform,
    title: isOnPremises ? `UCWA ${version} on premises` : 'the Trusted Application platform',
    isOnPremises,
    operation: (place) => (isOnPremises ? `ucwa.${place}` : `guest.${place}`),
  };
});

/** The stage that serves for what does not depend on the platform. */
export const [anyStage] = stages as [Stage, ...Stage[]];

/** A guest whose session is observed. */
export interface TestGuest {
  readonly session: GuestSession;
  readonly network: GuestNetwork;
  readonly applicationSessionId: string;
  /** Every token that the service gave, oldest first. */
  readonly tokens: GuestToken[];
  readonly changes: GuestChange[];
  /** Whether it waits for a token. */
  readonly isRejoining: () => boolean;
  /** The names of all states so far. */
  readonly path: () => string[];
  /** Waits for a state; rejects at once if the session ends in another one. */
  is(name: GuestChange['state']['name']): Promise<void>;
  /** Waits until it is in the meeting again after a drop. */
  isBack(): Promise<void>;
}

/** The service, the platforms and guests of theirs. */
export interface GuestCloud {
  readonly cloud: TestCloud;
  readonly world: World;
  readonly app: Service;
  room(stage: Stage): Meeting;
  roster(stage: Stage): Participant[];
  /**
   * Asks for a token and joins.
   * @param through stands between the guest and the network
   * @param beforeJoin what happens when the token is there
   */
  newGuest(
    stage: Stage,
    options?: Partial<JoinOptions>,
    through?: (send: Send) => Send,
    beforeJoin?: () => void,
  ): Promise<TestGuest>;
  /** Whether a poll of the guest's waits at the server, which has no events. */
  isPolling(guest: TestGuest): boolean;
  /** Ends all sessions, and puts the world back to its start. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** @param clock goes for everything: the service, the platforms and the guests. Default: the machine's, with short pauses */
export async function startGuestCloud(clock?: ManualClock): Promise<GuestCloud> {
  const cloud = await startTestCloud(clock && { now: () => clock.now() });
  const { world } = cloud.simulator;
  const connections = connectTo(cloud.simulator.platform.port);
  const app = cloud.newApp({ MEETING_PLATFORMS: 'trusted-application,ucwa' }, clock && (() => clock.now()));
  const sessions = new Set<GuestSession>();
  // Longer than all the hours by which a clock is moved on here.
  const keepEntraToken = (): void => {
    world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
  };
  keepEntraToken();

  const conferenceUriOf = ({ isOnPremises, meetingUrl }: Stage): string => {
    const known = isOnPremises
      ? world.onPremises.meetings.find(({ url }) => url === meetingUrl)?.conferenceUri
      : readConferenceUri(meetingUrl);
    return known ?? '';
  };
  const room = (stage: Stage): Meeting => world.meetings.open(conferenceUriOf(stage));

  return {
    cloud,
    world,
    app,
    room,
    roster: (stage) => room(stage).roster,
    async newGuest({ meetingUrl }, options = {}, through = (send) => send, beforeJoin = () => undefined) {
      const network = connections.newNetwork();
      const applicationSessionId = randomUUID();
      const admitted = await askAgain((signal) => app.issue({ meetingUrl, applicationSessionId }, signal), clock);
      const tokens: GuestToken[] = [guestTokenOf(admitted)];
      let rejoining = 0;
      const ofService: Rejoin = async ({ signal = new AbortController().signal }) =>
        guestTokenOf(await app.rejoin({ applicationSessionId }, signal));
      const { rejoin = ofService, ...rest } = options;
      beforeJoin();
      const session = joinMeeting({
        join: guestTokenOf(admitted),
        async rejoin(call) {
          rejoining++;
          const guestToken = await rejoin(call).finally(() => rejoining--);
          tokens.push(guestToken);
          return guestToken;
        },
        displayName: 'Dana',
        fetch: through(network.fetch),
        ...(clock ? { clock, random: () => 0 } : { reconnect: { firstPauseMs: 5 } }),
        ...rest,
      });
      sessions.add(session);
      const changes: GuestChange[] = [];
      session.subscribe((change) => changes.push(change));
      const { isAt, isOver } = observe(session);
      return {
        session,
        network,
        applicationSessionId,
        tokens,
        changes,
        isRejoining: () => rejoining > 0,
        path: () => changes.map(({ state }) => state.name),
        async is(name) {
          await until(() => isAt(name) || isOver());
          if (!isAt(name)) throw new Error(`it is ${JSON.stringify(session.state)} and not ${name}`);
        },
        async isBack() {
          await until(() => changes.some(({ state }) => state.name === 'reconnecting') && (isAt('joined') || isOver()));
          if (!isAt('joined')) throw new Error(`it is ${JSON.stringify(session.state)}`);
        },
      };
    },
    isPolling({ network }) {
      const last = network.sent.findLast(({ url }) => url.includes('/events'));
      if (!last || last.status !== undefined) return false;
      const { host, pathname } = new URL(last.url);
      const application = world.guests.find(/(\d+)\/events$/.exec(pathname)?.[1] ?? '', host);
      return application !== undefined && application.channel.idleSince === undefined;
    },
    async reset() {
      await Promise.all([...sessions].map((session) => session.leave()));
      sessions.clear();
      await world.reset();
      keepEntraToken();
    },
    async stop() {
      connections.stop();
      await cloud.stop();
    },
  };
}

/** As an app does: of 200 guests on a loaded machine some get the answer that the platform was too slow. */
function askAgain<T>(work: (signal: AbortSignal) => Promise<T>, clock: Clock = systemClock): Promise<T> {
  const retryAfter = (error: unknown): number | undefined =>
    error instanceof Problem && error.status >= 503 ? (error.retryAfterSeconds ?? 0) : undefined;
  return withRetries(work, { clock, random: Math.random, signal: undefined, retryAfter });
}

/** Passes every pause of a guest's, but no time-out, until something has happened. */
export async function passUntil(clock: ManualClock, happened: () => boolean): Promise<void> {
  const isPausing = (): boolean => clock.timers.some((ms) => ms <= longestPauseMs);
  for (;;) {
    await until(() => happened() || isPausing());
    if (happened()) return;
    await clock.pass(longestPauseMs);
  }
}

// Between tries, with the least of chance; requests are given 20 s and more.
const longestPauseMs = 15_000;

function observe(session: GuestSession) {
  const isAt = (name: string): boolean => session.state.name === name;
  return { isAt, isOver: (): boolean => isAt('failed') || isAt('left') };
}

/** As the service's endpoint answers. */
function guestTokenOf({
  join: { identity, expiryTime, ...join },
}: Admitted): GuestToken & { identityPreserved: boolean } {
  return { ...join, expiryTime: expiryTime.toISOString() };
}
