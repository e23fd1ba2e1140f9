import { at, type Reply } from '../setUp.ts';
import { eventsOf, inShort, platforms, startMeetings, type MeetingTest, type TestGuest } from './guests.ts';

let simulator: MeetingTest;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const replaced = { status: 409, json: { code: 'Conflict', subcode: 'PGetReplaced' } };
const linksOf = (reply: Reply) => at(reply.json, '_links') as Record<string, { href: string }>;
const advance = (seconds: number) => {
  simulator.world.clock.advance(seconds * 1000);
};

describe.each(platforms)('the event channel on %s', (platform) => {
  const enter = async () => simulator.enter(await simulator.bearer(platform));
  /** Polls, and returns when the server has the poll. */
  const begin = async (guest: TestGuest, query = '') => {
    const answer = guest.poll(query);
    await simulator.untilPolled(guest);
    return { answer };
  };

  test('holds a poll until there is an event, and then sends it at once', async () => {
    const guest = await enter();
    const { answer } = await begin(guest);
    await guest.join();
    expect(inShort(eventsOf(await answer)).at(-1)).toBe('onlineMeetingInvitation completed Success Connected');
  });

  test('188: answers with nothing but the next link after 180 seconds', async () => {
    const guest = await enter();
    const { answer } = await begin(guest);
    advance(179);
    await simulator.untilPolled(guest);
    advance(1);
    expect(await answer).toMatchObject({
      status: 200,
      json: {
        _links: { self: { href: `${guest.self}/events?ack=1` }, next: { href: `${guest.self}/events?ack=2` } },
      },
    });
    expect((await answer).json).not.toHaveProperty('sender');
  });

  test('188: takes another time-out from 180 to 1800 seconds, remembers it, and refuses what is outside', async () => {
    const guest = await enter();
    const first = await begin(guest, '&timeout=300');
    advance(299);
    await simulator.untilPolled(guest);
    advance(1);
    await first.answer;
    const second = await begin(guest);
    advance(299);
    await simulator.untilPolled(guest);
    advance(1);
    expect((await second.answer).status).toBe(200);
    for (const query of ['timeout=179', 'timeout=1801', 'timeout=soon', 'medium=4', 'low=1801', 'priority=-1']) {
      const refused = await guest.ask(`${guest.eventsUrl}&${query}`);
      expect(refused).toMatchObject({ status: 400, json: { subcode: 'ParameterValidationFailure' } });
      expect(Object.keys(at(refused.json, 'parameters') as object)).toEqual([query.split('=')[0]]);
    }
  });

  test('189: answers a poll that is replaced by another one with 409', async () => {
    const guest = await enter();
    const first = await begin(guest);
    const second = guest.ask(guest.eventsUrl);
    expect(await first.answer).toMatchObject(replaced);
    await simulator.untilPolled(guest);
    await guest.join();
    expect(eventsOf(await second)).toHaveLength(5);
  });

  test('190: lets a higher priority replace a lower one, and not the other way round', async () => {
    const guest = await enter();
    const low = await begin(guest, '&priority=1');
    const high = guest.ask(`${guest.eventsUrl}&priority=7`);
    expect(await low.answer).toMatchObject(replaced);
    await simulator.untilPolled(guest);
    expect(await guest.ask(`${guest.eventsUrl}&priority=6`)).toMatchObject(replaced);
    await guest.join();
    expect(eventsOf(await high)).toHaveLength(5);
  });

  test('191: answers a wrong ack with nothing but a resync link, which leads to what was not acknowledged', async () => {
    const guest = await simulator.joined(platform);
    const sent = await guest.poll();
    for (const ack of ['0', '3', '17']) {
      const { status, json } = await guest.ask(guest.eventsUrl.replace('ack=1', `ack=${ack}`));
      expect([status, json]).toEqual([200, { _links: { resync: { href: `${guest.self}/events?ack=1` } } }]);
    }
    const without = await guest.ask(guest.eventsUrl.replace('?ack=1', ''));
    const { href } = linksOf(without)['resync'] ?? { href: '' };
    expect((await guest.ask(href)).json).toEqual(sent.json);
  });

  test('191: an old link leads to a resync, and so to what comes next', async () => {
    const guest = await simulator.joined(platform);
    await guest.poll();
    const { answer } = await begin(guest);
    const old = await guest.ask(guest.eventsUrl);
    expect(linksOf(old)['resync']?.href).toBe(`${guest.self}/events?ack=2`);
    simulator.meeting(platform).end();
    expect(inShort(eventsOf(await answer))).toEqual(['conversation deleted Ended']);
  });

  test('sends a package again whose answer was lost, and each event once otherwise', async () => {
    const guest = await simulator.joined(platform);
    simulator.world.faults.set(platform === 'the platform' ? 'guest.events' : 'ucwa.events', {
      cut: 'before-answer',
      times: 1,
    });
    await expect(guest.poll()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await guest.events()).toHaveLength(5);
    simulator.meeting(platform).end();
    expect(inShort(await guest.events())).toEqual(['conversation deleted Ended']);
  });

  test('forgets a poll whose client has gone', async () => {
    const guest = await enter();
    const leaving = new AbortController();
    const gone = guest.poll('', { signal: leaving.signal });
    await simulator.untilPolled(guest);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    await guest.join();
    expect(await guest.events()).toHaveLength(5);
  });

  test('172: has links with the parameters that it was given, and takes none without them', async () => {
    simulator.behave({ eventsQuery: 'key=ab%2Bc%3D&instanceId=7' });
    const guest = await simulator.joined(platform);
    expect(guest.eventsUrl).toBe(`${guest.self}/events?ack=1&key=ab%2Bc%3D&instanceId=7`);
    const refused = await guest.ask(`${guest.self}/events?ack=1&key=ab+c=`);
    expect(refused).toMatchObject({ status: 400, json: { parameters: { key: expect.anything() as string } } });
    const reply = await guest.poll('&timeout=200');
    expect(linksOf(reply)['next']?.href).toBe(`${guest.self}/events?ack=2&key=ab%2Bc%3D&instanceId=7`);
  });

  test('holds what others do for five seconds, or until something urgent takes it along', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    await ada.events();
    const first = await begin(ada);
    await simulator.joined(platform, 'Ben');
    advance(4);
    await simulator.untilPolled(ada);
    advance(1);
    expect(inShort(eventsOf(await first.answer))).toEqual(['participant added Ben']);

    const second = await begin(ada, '&medium=60');
    await simulator.joined(platform, 'Cleo');
    advance(59);
    await simulator.untilPolled(ada);
    simulator.meeting(platform).end();
    expect(inShort(eventsOf(await second.answer))).toEqual(['participant added Cleo', 'conversation deleted Ended']);
  });

  test('192: after a long absence conversations are closed, and the next answer has a resume link', async () => {
    const guest = await simulator.joined(platform);
    const before = await guest.poll('&timeout=600');
    advance(300);
    expect(simulator.meeting(platform).roster).toEqual([]);
    const resumed = await guest.poll();
    const next = linksOf(before)['next'];
    expect(resumed.json).toEqual({ _links: { self: next, resume: next } });

    // It works like a next link, but the timing has been forgotten.
    const { answer } = await begin(guest);
    advance(180);
    expect((await answer).json).toMatchObject({ _links: { next: expect.anything() as object } });
    expect((await guest.join()).status).toBe(201);
    expect(inShort(await guest.events()).at(-1)).toBe('onlineMeetingInvitation completed Success Connected');
  });

  test('192: a second absence is noticed like the first', async () => {
    const guest = await simulator.joined(platform);
    await guest.poll();
    advance(300);
    await guest.poll();
    await guest.join();
    await guest.poll();
    advance(299);
    expect(simulator.meeting(platform).roster).toHaveLength(1);
    advance(301);
    expect(simulator.meeting(platform).roster).toEqual([]);
    expect(linksOf(await guest.poll())).toHaveProperty('resume');
  });

  test('193, 195: the application ends 15 minutes after the last poll was released', async () => {
    const guest = await enter();
    const { answer } = await begin(guest);
    advance(180);
    await answer;
    advance(899);
    expect((await guest.ask(guest.self)).status).toBe(200);
    advance(1);
    const gone = { status: 404, json: { code: 'NotFound', subcode: 'ApplicationNotFound' } };
    expect(await guest.ask(guest.self)).toMatchObject(gone);
    expect(await guest.poll()).toMatchObject(gone);
    expect(simulator.world.guests.count).toBe(0);
  });

  test('195: a client that polls keeps its application, however far the clock is put', async () => {
    const guest = await simulator.joined(platform);
    await guest.poll();
    const { answer } = await begin(guest);
    advance(3_500);
    expect(linksOf(await answer)).toHaveProperty('next');
    expect(simulator.meeting(platform).roster).toHaveLength(1);
    expect((await guest.ask(guest.self)).status).toBe(200);
  });

  test('193: ends a waiting poll with 404 when the application ends', async () => {
    const guest = await enter();
    const { answer } = await begin(guest);
    simulator.world.guests.endAll();
    expect(await answer).toMatchObject({ status: 404, json: { subcode: 'ApplicationNotFound' } });
  });

  test('is not written to', async () => {
    const guest = await enter();
    expect((await guest.ask(guest.eventsUrl, { method: 'POST' })).status).toBe(405);
  });
});

test('a simulator that stops ends the polls that wait', async () => {
  const other = await startMeetings();
  const guest = await other.enter(await other.bearer('the platform'));
  const answer = guest.poll();
  answer.catch(() => undefined);
  await other.untilPolled(guest);
  await other.stop();
  await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
});
