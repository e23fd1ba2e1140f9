import type { MeetingBehaviour } from '../../../../local/simulator/meetings/behaviour.ts';
import { until } from '../../../support/until.ts';
import type { Meeting } from '../../../../local/simulator/meetings/meeting.ts';
import {
  applicationsUrl as onPremisesUrl,
  conferenceUri as johnsUri,
  guest as johnsForm,
} from '../upstreams/onPremises/onPremises.ts';
import { at, meetingUrl, startTestSimulator, tokenPart, type Ask, type Reply, type TestSimulator } from '../setUp.ts';

/** The page that tokens are made for. */
export const origin = 'https://advice.contoso.com';
export const anonymousUrl = 'https://webpool01.infra.lync.example/ucwa/psanon/v1/applications';
export const json = { 'content-type': 'application/json' };

export const platforms = ['the platform', 'the servers on premises'] as const;
type Platform = (typeof platforms)[number];

/** Somebody with a token; nothing has been done with it yet. */
export interface Bearer {
  /** Without `Bearer`. */
  token: string;
  conferenceUri: string;
  /** Where it creates its application. */
  applicationsUrl: string;
  /** The participant that the token is for. */
  endpoint: string;
  /** Of the platform only. */
  discoverUrl: string;
}

/** A guest with an application. */
export interface TestGuest extends Bearer {
  created: Reply;
  /** Of the application. */
  self: string;
  eventsUrl: string;
  joinUrl: string;
  /** Asks for something of the application's host. */
  ask(href: string, given?: Ask): Promise<Reply>;
  /** Polls once, where the last answer led to. */
  poll(query?: string, given?: Ask): Promise<Reply>;
  /** Polls once. Answers the events of the reply, in order. */
  events(): Promise<SeenEvent[]>;
  join(body?: Record<string, unknown>): Promise<Reply>;
}

/** An event, as the tests look at it. */
interface SeenEvent {
  sender: string;
  rel: string;
  href: string;
  title?: string;
  type: string;
  status?: string;
  reason?: unknown;
  resource: unknown;
}

export interface MeetingTest extends TestSimulator {
  behave(behaviour: Partial<MeetingBehaviour>): void;
  /**
   * A guest's token.
   * @param endpoint the session id; on premises an earlier token, to be renewed
   * @param url of another meeting, on the platform
   */
  bearer(platform: Platform, endpoint?: string, url?: string): Promise<Bearer>;
  /** Creates an application. */
  enter(bearer: Bearer, body?: Record<string, unknown>): Promise<TestGuest>;
  /** Has an application, and has joined. */
  joined(platform: Platform, displayName?: string, endpoint?: string): Promise<TestGuest>;
  /** Waits until the server has a poll of the guest. */
  untilPolled(guest: TestGuest): Promise<void>;
  /** The meeting that the tokens are for. */
  meeting(platform: Platform): Meeting;
}

/** The conferences that the tokens are for. */
const conferences: Record<Platform, string> = {
  'the platform': 'sip:testuser@contoso.onmicrosoft.example;gruu;opaque=app:conf:focus:id:1SD8D0WZ',
  'the servers on premises': johnsUri,
};

let sessions = 0;

export async function startMeetings(): Promise<MeetingTest> {
  const simulator = await startTestSimulator();
  const { world } = simulator;

  const platformBearer = async (applicationSessionId: string, url: string): Promise<Bearer> => {
    const tokensUrl =
      'https://ring0.resources.lync.example/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip:helpdesk@contoso.example';
    const body = { applicationSessionId, allowedOrigins: origin, meetingUrl: url };
    const reply = await simulator.askPlatform(tokensUrl, { method: 'POST', headers: json, body });
    const token = String(at(reply.json, 'token'));
    return {
      token,
      conferenceUri: String(at(tokenPart(token, 'claims'), 'confid')),
      applicationsUrl: anonymousUrl,
      endpoint: applicationSessionId,
      discoverUrl: String(at(reply.json, '_links', 'service:discover', 'href')),
    };
  };

  const onPremisesBearer = async (earlier: string | undefined): Promise<Bearer> => {
    const form = { ...johnsForm, ...(earlier !== undefined && { ms_rtc_renew: earlier }) };
    const reply = await simulator.ask('https://lyncweb.contoso.example/WebTicket/oauthtoken', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    return {
      token: String(at(reply.json, 'access_token')),
      conferenceUri: johnsUri,
      applicationsUrl: onPremisesUrl,
      endpoint: world.onPremises.issued.at(-1)?.identity ?? '',
      discoverUrl: '',
    };
  };

  const bearer: MeetingTest['bearer'] = (platform, endpoint, url = meetingUrl) =>
    platform === 'the platform'
      ? platformBearer(endpoint ?? `session-${(sessions += 1)}`, url)
      : onPremisesBearer(endpoint);

  const enter: MeetingTest['enter'] = async (held, body = {}) => {
    const { origin: host } = new URL(held.applicationsUrl);
    const ask: TestGuest['ask'] = (href, given = {}) =>
      simulator.ask(new URL(href, host).href, {
        ...given,
        headers: { authorization: `Bearer ${held.token}`, ...given.headers },
      });
    const needed = { culture: 'en-US', userAgent: 'test', endpointId: 'endpoint' };
    const created = await ask(held.applicationsUrl, { method: 'POST', headers: json, body: { ...needed, ...body } });
    const link = (...path: string[]) => String(at(created.json, ...path, 'href'));
    const joinUrl = link('_embedded', 'communication', '_links', 'joinOnlineMeeting');
    const guest = { ...held, created, self: link('_links', 'self'), eventsUrl: link('_links', 'events'), joinUrl };

    let next = guest.eventsUrl;
    const poll: TestGuest['poll'] = async (query = '', given = {}) => {
      const reply = await ask(`${next}${query}`, given);
      next = hrefOf(reply, 'next') ?? hrefOf(reply, 'resume') ?? next;
      return reply;
    };
    return {
      ...guest,
      ask,
      poll,
      events: async () => eventsOf(await poll()),
      join: (given = {}) =>
        ask(joinUrl, {
          method: 'POST',
          headers: json,
          body: { onlineMeetingUri: held.conferenceUri, anonymousDisplayName: 'Ada', operationId: 'op', ...given },
        }),
    };
  };

  return {
    ...simulator,
    behave: (behaviour) => Object.assign(world.meetings.behaviour, behaviour),
    bearer,
    enter,
    joined: async (platform, displayName = 'Ada', endpoint) => {
      const guest = await enter(await bearer(platform, endpoint));
      await guest.join({ anonymousDisplayName: displayName });
      return guest;
    },
    untilPolled: ({ self, applicationsUrl }) => {
      const { host } = new URL(applicationsUrl);
      const application = world.guests.find(self.split('/').at(-1) ?? '', host);
      return until(() => application !== undefined && application.channel.idleSince === undefined);
    },
    meeting: (platform) => world.meetings.open(conferences[platform]),
  };
}

interface WireEvent {
  link: { rel: string; href: string; title?: string };
  type: string;
  status?: string;
  reason?: unknown;
  _embedded?: unknown;
}

function hrefOf(reply: Reply, rel: string): string | undefined {
  const href = at(reply.json, '_links', rel, 'href');
  return typeof href === 'string' ? href : undefined;
}

/** The events of an answer, in order. */
export function eventsOf(reply: Reply): SeenEvent[] {
  const senders = (at(reply.json, 'sender') ?? []) as { rel: string; events: WireEvent[] }[];
  return senders.flatMap(({ rel: sender, events }) =>
    events.map(({ link, type, status, reason, _embedded }) => {
      const { rel, href, title } = link;
      return {
        sender,
        rel,
        href,
        ...(title !== undefined && { title }),
        type,
        ...(status !== undefined && { status }),
        ...(reason !== undefined && { reason }),
        resource: at(_embedded, rel),
      };
    }),
  );
}

/** Events in a line each: who, what, and the state that the resource has. */
export function inShort(events: readonly SeenEvent[]): string[] {
  return events.map(({ rel, type, title, status, reason, resource }) =>
    [rel, type, status, at(resource, 'state'), at(reason, 'subcode'), title].filter(Boolean).join(' '),
  );
}
