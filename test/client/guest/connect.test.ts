import type { JoinOptions } from '../../../client/guest/guest.ts';
import type { Send } from '../../../client/http.ts';
import type { SentRequest } from '../../../local/guestNetwork.ts';
import { until } from '../../support/until.ts';
import { stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';
import { rewriting } from './rewriting.ts';

let guests: GuestCloud;

beforeAll(async () => {
  guests = await startGuestCloud();
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const linkWith = (rel: string) => new RegExp(`"${rel}":\\{"href":"([^"]+)"`);
const jsonOf = ({ body = '' }: Pick<SentRequest, 'body'>) => JSON.parse(body) as Record<string, unknown>;

describe.each(stages)('what a guest sends on $title', (stage) => {
  const { isOnPremises } = stage;
  const joined = async (options: Partial<JoinOptions> = {}, through?: (send: Send) => Send) => {
    const guest = await guests.newGuest(stage, options, through);
    await guest.is('joined');
    return guest;
  };
  const sent = (guest: TestGuest) => {
    const [discovery, [applications, ...rest]] = isOnPremises
      ? [undefined, guest.network.sent]
      : [guest.network.sent[0], guest.network.sent.slice(1)];
    const join = rest.find(({ method }) => method === 'POST');
    if (!applications || !join) throw new Error('it has not joined');
    return { discovery, applications, join, polls: rest.filter(({ method }) => method === 'GET'), rest };
  };

  test('157: carries the token in every request to UCWA, the polls and the removal included', async () => {
    const guest = await joined();
    await guest.session.leave();
    const { applications, rest } = sent(guest);
    expect(rest.map(({ method }) => method)).toEqual(expect.arrayContaining(['GET', 'POST', 'DELETE']));
    const proofs = new Set([applications, ...rest].map(({ headers }) => headers.get('authorization')));
    expect([...proofs]).toEqual([`Bearer ${guest.tokens[0]?.token ?? ''}`]);
  });

  test('discovers with nothing but the URL, unchanged; on premises it sends no discovery', async () => {
    const guest = await joined();
    const { discovery } = sent(guest);
    const discoveries = guests.world.calls.filter(({ operation }) => operation === 'guest.discover');
    if (isOnPremises) {
      expect(discoveries).toEqual([]);
      return;
    }
    expect(discovery?.url).toBe(guest.tokens[0]?.discoverUrl);
    expect([...(discovery?.headers.keys() ?? [])]).toEqual(['accept']);
    expect(discoveries).toMatchObject([{ authorized: false }]);
    expect(discovery?.url).toContain('psat%253d');
  });

  test('165, 167, 168: creates its application with valid JSON in camel case, with what the platform needs', async () => {
    const options = { displayName: 'D'.repeat(250), culture: 'c'.repeat(100), userAgent: 'u'.repeat(100) };
    const { applications } = sent(await joined(options));
    const { displayName, ...rest } = options;
    const endpointId = expect.stringMatching(/^.{1,100}$/) as string;
    expect(jsonOf(applications)).toEqual(
      isOnPremises ? { ...rest, endpointId } : { ...rest, anonymousDisplayName: displayName },
    );
    expect(applications.headers.get('content-type')).toBe('application/json');
  });

  test('169: goes on after 200 as after 201', async () => {
    const changed: number[] = [];
    const as200 = rewriting(({ method, status }) => {
      if (method !== 'POST' || status !== 201) return undefined;
      changed.push(status);
      return { status: 200 };
    });
    await joined({}, as200);
    expect(changed).toEqual([201, 201]);
  });

  test('170: resolves relative links against the host of the applications', async () => {
    const guest = await joined();
    await guest.session.leave();
    const { applications, rest } = sent(guest);
    const { origin } = new URL(applications.url);
    expect(new Set(rest.map(({ url }) => new URL(url).origin))).toEqual(new Set([origin]));
    const hosts = new Set(guests.world.calls.filter(({ operation }) => /events|join/.test(operation)));
    expect(new Set([...hosts].map(({ host }) => host))).toEqual(new Set([new URL(origin).host]));
  });

  test('171: takes the URLs of events and join from the links, wherever they lead', async () => {
    const paths = [
      ['/events?', '/what/is/new?'],
      ['/onlineMeetingInvitations"', '/in/here"'],
    ] as const;
    const requested: string[] = [];
    const renamed = (send: Send): Send => {
      const onWayBack = rewriting(({ body }) => ({
        body: paths.reduce((text, [real, other]) => text.replaceAll(real, other), body),
      }))(send);
      return (url, init) => {
        requested.push(new URL(url).pathname);
        const real = url.replace('/what/is/new', '/events').replace(/\/in\/here$/, '/onlineMeetingInvitations');
        return onWayBack(real, init);
      };
    };
    await joined({}, renamed);
    expect(requested.filter((path) => /\/(events|onlineMeetingInvitations)$/.test(path))).toEqual([]);
    expect(requested.some((path) => path.endsWith('/what/is/new'))).toBe(true);
    expect(requested.some((path) => path.endsWith('/in/here'))).toBe(true);
  });

  test('172, 187: polls with every parameter of the link that the last answer gave', async () => {
    guests.world.meetings.behaviour.eventsQuery = 'key=ab%2Bc&instanceId=7';
    const links: string[] = [];
    const noted = rewriting(({ url, body }) => {
      const rel = url.includes('/events') ? 'next' : 'events';
      const [, href] = linkWith(rel).exec(body) ?? [];
      if (href !== undefined) links.push(href);
      return undefined;
    });
    const guest = await joined({}, noted);
    await guests.newGuest(stage).then((other) => other.is('joined'));
    const { polls } = sent(guest);
    expect(polls.length).toBeGreaterThan(1);
    expect(polls.map(({ url }) => url.slice(new URL(url).origin.length))).toEqual(links);
    expect(links.every((href) => href.endsWith('&key=ab%2Bc&instanceId=7'))).toBe(true);
  });

  test('173, 174: joins by name, with the URI of the meeting and an operation id', async () => {
    const { join } = sent(await joined({ displayName: 'Dana' }));
    expect(jsonOf(join)).toEqual({
      anonymousDisplayName: 'Dana',
      onlineMeetingUri: guests.room(stage).conferenceUri,
      operationId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    });
  });

  test('174: is no join when the meeting is not known, because that would make a new one', async () => {
    const { join } = await guests.app.issue({ meetingUrl: stage.meetingUrl }, new AbortController().signal);
    const { token, discoverUrl, applicationsUrl } = join;
    const guestToken = { token, ...(discoverUrl && { discoverUrl }), expiryTime: join.expiryTime.toISOString() };
    const silent = rewriting(({ body }) => ({ body: body.replace('"conferenceId"', '"conference"') }));
    const options = { join: applicationsUrl === undefined ? guestToken : { ...guestToken, applicationsUrl } };
    const guest = await guests.newGuest(stage, options, silent);
    await guest.is('failed');
    expect(guest.session.reason).toBe('unusable-answer');
    expect(guests.world.counts()[stage.operation('applications')]).toBe(0);
  });

  test('polls before it joins, so that it misses no event', async () => {
    const { rest } = sent(await joined());
    expect(rest.slice(0, 2).map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test('has one poll under way at a time', async () => {
    let [open, most] = [0, 0];
    const counted = (send: Send): Send => {
      return async (url, init) => {
        if (!url.includes('/events')) return send(url, init);
        most = Math.max(most, ++open);
        return send(url, init).finally(() => (open -= 1));
      };
    };
    const guest = await joined({}, counted);
    for (let count = 0; count < 3; count++) await guests.newGuest(stage).then((other) => other.is('joined'));
    expect(sent(guest).polls.length).toBeGreaterThan(1);
    expect(most).toBe(1);
  });

  test('184, 185: never makes itself available, nor reports activity', async () => {
    const guest = await joined();
    await guest.session.leave();
    expect(guest.network.sent.filter(({ url }) => /makeMeAvailable|reportMyActivity/i.test(url))).toEqual([]);
  });

  test('186: removes it from the roster by the time the removal is answered, also when the page closes', async () => {
    const guest = await joined();
    await guest.session.leave({ keepalive: true });
    expect(guest.network.sent.at(-1)).toMatchObject({ method: 'DELETE', status: 204, keepalive: true });
    expect(guest.network.sent.slice(0, -1).some(({ keepalive }) => keepalive)).toBe(false);
    expect(guests.roster(stage)).toEqual([]);
  });

  test.each(['https://evil-lync.example', 'https://evil-contoso.example'])(
    '159: never takes the token to another host, such as %s, when a link leads there',
    async (elsewhere) => {
      for (const rel of ['self', 'events', 'joinOnlineMeeting']) {
        const misled = rewriting(({ method, body }) => {
          if (method !== 'POST') return undefined;
          return { body: body.replace(linkWith(rel), (_, href) => `"${rel}":{"href":"${elsewhere}${String(href)}"`) };
        });
        const guest = await guests.newGuest(stage, {}, misled);
        await guest.is('failed');
        expect(guest.session.reason).toBe('unusable-answer');
        expect(guest.network.sent.filter(({ url }) => url.startsWith(elsewhere))).toEqual([]);
      }
    },
  );

  test('159: ends where the next link of its events leads to another host', async () => {
    const misled = rewriting(({ body }) => ({ body: body.replace('"next":{"href":"', '$&//evil-lync.example') }));
    const guest = await guests.newGuest(stage, {}, misled);
    await guest.is('failed');
    expect(guest.session.reason).toBe('unusable-answer');
    expect(guests.world.calls.filter(({ host }) => host.startsWith('evil'))).toEqual([]);
  });
});

const isJoin = ({ method, url }: { method: string; url: string }): boolean =>
  method === 'POST' && url.includes('/onlineMeetingInvitations');
const joinOf = ({ network }: TestGuest) => network.sent.filter(isJoin);

describe.each(stages)('the outcome of a join on $title', (stage) => {
  const behaviour = () => guests.world.meetings.behaviour;
  const room = () => guests.room(stage);
  const roster = () => guests.roster(stage);

  test('178, 179: is not in the answer, which is empty and says only that the join has begun', async () => {
    behaviour().accessLevel = 'Locked';
    const answers: string[] = [];
    const noted = rewriting((answer) => {
      if (isJoin(answer)) answers.push(`${answer.status} ${answer.body}`);
      return undefined;
    });
    const guest = await guests.newGuest(stage, {}, noted);
    await guest.is('lobby');
    await until(() => answers.length > 0);
    expect(answers).toEqual(['201 ']);
    expect(guest.path()).not.toContain('joined');
    expect(room().admit(roster()[0]?.id ?? '')).toBe(true);
    await guest.is('joined');
  });

  test('180: is known by the operation’s id when the events come before the answer', async () => {
    behaviour().eventsBeforeAnswer = true;
    const guest = await guests.newGuest(stage);
    let answeredWhenJoined: unknown = 'never joined';
    guest.session.subscribe(({ state }) => {
      if (state.name === 'joined') answeredWhenJoined = joinOf(guest)[0]?.status;
    });
    await guest.is('joined');
    await until(() => joinOf(guest)[0]?.status === 201);
    expect(answeredWhenJoined).toBeUndefined();
    expect(guest.session.state.name).toBe('joined');
  });

  test('180: is known by the invitation’s URL when events have no operation id, before the answer or after it', async () => {
    for (const eventsBeforeAnswer of [true, false]) {
      Object.assign(behaviour(), { eventsBeforeAnswer });
      const nameless = rewriting(({ body }) => ({ body: body.replaceAll('"operationId"', '"operation"') }));
      const guest = await guests.newGuest(stage, {}, nameless);
      await guest.is('joined');
      expect(joinOf(guest)).toHaveLength(1);
      await guest.session.leave();
    }
  });

  test('180: is not taken from the invitation of somebody else', async () => {
    let real = '';
    const foreign = rewriting((answer) => {
      if (!answer.url.includes('/events')) return undefined;
      real ||= /"operationId":"([^"]+)"/.exec(answer.body)?.[1] ?? '';
      return { body: answer.body.replace(/"operationId":"[^"]+"/g, '"operationId":"another"') };
    });
    const guest = await guests.newGuest(stage, {}, foreign);
    await until(() => real !== '' && roster()[0]?.state === 'connected' && joinOf(guest)[0]?.status === 201);
    await guests.newGuest(stage).then((other) => other.is('joined'));
    expect(guest.session.state.name).toBe('connecting');
  });

  test('180: is understood by a page that sees no Location, from events without operation id', async () => {
    const blind = rewriting(({ headers, body }) => {
      headers.delete('location');
      return { headers, body: body.replaceAll('"operationId"', '"operation"') };
    });
    const guest = await guests.newGuest(stage, {}, blind);
    await guest.is('joined');
  });

  test('is understood where links of events are absolute', async () => {
    const absolute = rewriting(({ url, body }) => ({
      body: body.replaceAll('"href":"/', `"href":"${new URL(url).origin}/`),
    }));
    behaviour().accessLevel = 'Invited';
    const guest = await guests.newGuest(stage, {}, absolute);
    await guest.is('lobby');
    room().deny(roster()[0]?.id ?? '');
    await guest.is('failed');
    expect(guest.session.reason).toBe('denied');
  });

  test('181: is understood from the completed event alone', async () => {
    behaviour().joinEvents = 'completed-only';
    const guest = await guests.newGuest(stage);
    await guest.is('joined');
    expect(roster()).toMatchObject([{ state: 'connected' }]);
  });

  test('181: is understood from the completed event alone after the lobby', async () => {
    Object.assign(behaviour(), { joinEvents: 'completed-only', accessLevel: 'Invited' });
    const guest = await guests.newGuest(stage);
    await until(() => joinOf(guest)[0]?.status === 201 && roster()[0]?.state === 'lobby');
    expect(guest.session.state.name).toBe('connecting');
    room().admit(roster()[0]?.id ?? '');
    await guest.is('joined');
  });

  test('183: stays Connecting while the guest is in the lobby', async () => {
    behaviour().accessLevel = 'SameEnterprise';
    const states: string[] = [];
    const noted = rewriting(({ url, body }) => {
      if (url.includes('/events'))
        states.push(...[...body.matchAll(/"state":"(\w+)"/g)].map(([, state = '']) => state));
      return undefined;
    });
    const guest = await guests.newGuest(stage, {}, noted);
    await guest.is('lobby');
    expect(states).toContain('InLobby');
    expect(new Set(states)).toEqual(new Set(['Connecting', 'InLobby']));
  });

  test.each([
    ['Denied', 'denied'],
    ['Removed', 'ejected'],
    ['Ended', 'meeting-ended'],
    ['InviteesOnly', 'invitees-only'],
    ['TooManyParticipants', 'too-many-participants'],
    ['TooManyLobbyParticipants', 'too-many-participants'],
    ['DestinationNotFound', 'meeting-not-found'],
    ['Timeout', 'lobby-timeout'],
    ['SomethingNew', 'refused'],
    ['constructor', 'refused'],
  ])(
    '182: of a failure with the subcode %s is %s, and its code and subcode are kept for the log',
    async (reasonSubcode, reason) => {
      Object.assign(behaviour(), { reasonSubcode, accessLevel: 'Invited' });
      const guest = await guests.newGuest(stage);
      await guest.is('lobby');
      room().deny(roster()[0]?.id ?? '');
      await guest.is('failed');
      expect(guest.session.state).toEqual({
        name: 'failed',
        reason,
        refusal: { code: 'RemoteFailure', subcode: reasonSubcode },
      });
    },
  );

  test('182: of a failure without subcode is a refusal', async () => {
    Object.assign(behaviour(), { reasonSubcode: '', accessLevel: 'Invited', joinEvents: 'completed-only' });
    const guest = await guests.newGuest(stage);
    await until(() => roster()[0]?.state === 'lobby');
    room().deny(roster()[0]?.id ?? '');
    await guest.is('failed');
    expect(guest.session.state).toMatchObject({ reason: 'refused', refusal: { code: 'RemoteFailure' } });
  });

  test('that comes after the guest was in for a while says why it was removed', async () => {
    behaviour().reasonSubcode = 'SomethingNew';
    const guest = await guests.newGuest(stage);
    await guest.is('joined');
    room().eject(roster()[0]?.id ?? '');
    await guest.is('failed');
    expect(guest.session.state).toMatchObject({ reason: 'refused', refusal: { subcode: 'SomethingNew' } });
  });
});
