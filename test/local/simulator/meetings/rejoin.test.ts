import { inShort, platforms, startMeetings, type MeetingTest } from './guests.ts';

let simulator: MeetingTest;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe.each(platforms)('a guest who drops out on %s', (platform) => {
  const roster = () =>
    simulator.meeting(platform).roster.map(({ displayName, state, joins }) => `${displayName} ${state} ${joins}`);

  test('is still in the roster, and replaces itself with a rejoin token', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    await simulator.joined(platform, 'Ben');
    const [before] = simulator.meeting(platform).roster;
    expect(roster()).toEqual(['Ada connected 1', 'Ben connected 1']);

    simulator.clock.now += 60_000;
    const again = platform === 'the platform' ? ada.endpoint : ada.token;
    await simulator.joined(platform, 'Ada', again);
    expect(roster()).toEqual(['Ada connected 2', 'Ben connected 1']);
    expect(simulator.meeting(platform).roster[0]).toMatchObject({ id: before?.id, endpoint: ada.endpoint });
    // The old application is notified, if anybody still polls there.
    expect(inShort(await ada.events()).at(-1)).toBe('conversation deleted Ended');
  });

  test('does not lose its new place when the old application ends', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    const again = platform === 'the platform' ? ada.endpoint : ada.token;
    await simulator.joined(platform, 'Ada', again);
    await ada.ask(ada.self, { method: 'DELETE' });
    expect(roster()).toEqual(['Ada connected 2']);
  });

  test('is another participant with a token of its own, and the earlier one stays until it expires', async () => {
    await simulator.joined(platform, 'Ada');
    simulator.clock.now += 200_000;
    await simulator.joined(platform, 'Ada');
    expect(roster()).toEqual(['Ada connected 1', 'Ada connected 1']);
    simulator.world.clock.advance(100_000);
    expect(roster()).toEqual(['Ada connected 1']);
  });

  test('joins again in the same application, and has one conversation', async () => {
    const ada = await simulator.joined(platform, 'Ada');
    await ada.events();
    await ada.join({ operationId: 'again' });
    const events = await ada.events();
    expect(inShort(events).filter((event) => event.startsWith('conversation'))).toEqual([
      'conversation added Connecting',
      'conversation deleted Ended',
      'conversation updated Conferenced',
    ]);
    expect(events.at(-1)?.resource).toMatchObject({ operationId: 'again', state: 'Connected' });
    expect(roster()).toEqual(['Ada connected 2']);
  });
});
