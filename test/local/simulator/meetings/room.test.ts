import { Clock } from '../../../../local/clock.ts';
import { MeetingHall } from '../../../../local/simulator/meetings/meetings.ts';
import type { Participant, Seat } from '../../../../local/simulator/meetings/participant.ts';
import type { Room } from '../../../../local/simulator/meetings/room.ts';
import { noon } from '../setUp.ts';

const conferenceUri = 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC';

let clock: Clock;
let hall: MeetingHall;
let room: Room;
let changes: string[];

beforeEach(() => {
  clock = new Clock(() => noon);
  hall = new MeetingHall(clock);
  room = hall.room(conferenceUri);
  changes = [];
  hall.onChange(({ type, participant }) =>
    changes.push([type, participant?.endpoint, participant?.state].filter(Boolean).join(' ')),
  );
});

afterEach(() => {
  clock.reset();
});

/** A seat that writes down what it is told. */
function seat(): Seat & { told: string[] } {
  const told: string[] = [];
  return {
    told,
    connected: (_, others) => told.push(`connected with ${others.map(({ endpoint }) => endpoint).join(',')}`),
    waiting: () => told.push('waiting'),
    removed: (reason) => told.push(reason),
    othersChanged: (change, { endpoint }) => told.push(`${endpoint} ${change}`),
  };
}

function join(endpoint: string, at = seat()): { participant: Participant; told: string[]; at: Seat } {
  return { participant: room.join({ endpoint, displayName: endpoint.toUpperCase() }, at), told: at.told, at };
}

const endpoints = () => room.roster.map(({ endpoint, state, joins }) => `${endpoint} ${state} ${joins}`);

describe('a room that everyone may enter', () => {
  test('seats guests at once, and tells each of the others', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    expect(room.roster).toEqual([
      { id: ada.participant.id, endpoint: 'ada', displayName: 'ADA', state: 'connected', joinedAt: noon, joins: 1 },
      { id: ben.participant.id, endpoint: 'ben', displayName: 'BEN', state: 'connected', joinedAt: noon, joins: 1 },
    ]);
    expect(ben.told).toEqual(['connected with ada']);
    room.leave('ben', ben.at);
    expect(ada.told).toEqual(['connected with ', 'ben added', 'ben deleted']);
    expect(changes).toEqual(['joined ada connected', 'joined ben connected', 'left ben connected']);
  });

  test('has a guest who joins again once, under the same id, and puts its ghost out', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    clock.advance(60_000);
    const again = join('ada');
    expect(again.participant).toMatchObject({ id: ada.participant.id, joins: 2, joinedAt: noon + 60_000 });
    expect(endpoints()).toEqual(['ada connected 2', 'ben connected 1']);
    expect([ada.told.at(-1), again.told, ben.told.at(-1)]).toEqual(['Ended', ['connected with ben'], 'ada updated']);
    expect(changes.at(-1)).toBe('rejoined ada connected');
  });

  test('does not lose a guest when its ghost goes', () => {
    const ghost = join('ada');
    join('ada');
    room.leave('ada', ghost.at);
    expect(endpoints()).toEqual(['ada connected 2']);
  });

  test('knows who had left when it comes back', () => {
    const first = join('ada');
    room.leave('ada', first.at);
    expect(room.roster).toEqual([]);
    expect(join('ada').participant).toMatchObject({ id: first.participant.id, joins: 2 });
    expect(changes.at(-1)).toBe('joined ada connected');
  });
});

describe('a room with a lobby', () => {
  beforeEach(() => {
    room.accessLevel = 'Invited';
  });

  test('lets nobody in but who is admitted, and shows nobody of the lobby to guests', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    expect([ada.told, ben.told]).toEqual([['waiting'], ['waiting']]);
    expect(room.admit(ada.participant.id)).toBe(true);
    expect(ada.told).toEqual(['waiting', 'connected with ']);
    expect(room.lobby.map(({ endpoint }) => endpoint)).toEqual(['ben']);
    expect(endpoints()).toEqual(['ada connected 1', 'ben lobby 1']);
    room.admit(ben.participant.id);
    expect(ada.told.at(-1)).toBe('ben added');
  });

  test('turns away who is denied', () => {
    const { participant, told } = join('ada');
    expect(room.deny(participant.id)).toBe(true);
    expect(told).toEqual(['waiting', 'Denied']);
    expect(room.roster).toEqual([]);
    expect(changes).toEqual(['access-level', 'joined ada lobby', 'denied ada lobby']);
  });

  test('admits and denies only who waits, and ejects only who is in', () => {
    const { participant } = join('ada');
    expect([room.eject(participant.id), room.admit('nobody')]).toEqual([false, false]);
    room.admit(participant.id);
    expect([room.admit(participant.id), room.deny(participant.id)]).toEqual([false, false]);
    expect(room.eject(participant.id)).toBe(true);
    expect(changes.at(-1)).toBe('ejected ada connected');
  });

  test('keeps a guest admitted who takes its own place again, or not, as switched', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    for (const { participant } of [ada, ben]) room.admit(participant.id);
    expect(join('ada').told).toEqual(['connected with ben']);
    hall.behaviour.lobbyOnRejoin = true;
    expect(join('ada').told).toEqual(['waiting']);
    expect(ben.told.at(-1)).toBe('ada deleted');
  });

  test('sends away who has waited for too long, if there is a limit', () => {
    join('patient');
    hall.behaviour.lobbySeconds = 900;
    const [ada, ben] = [join('ada'), join('ben')];
    clock.advance(899_000);
    room.admit(ada.participant.id);
    const again = join('ben');
    clock.advance(1_000);
    expect([ada.told.at(-1), ben.told.at(-1), again.told.at(-1)]).toEqual(['connected with ', 'Ended', 'waiting']);
    clock.advance(899_000);
    expect(again.told.at(-1)).toBe('Timeout');
    expect(endpoints()).toEqual(['patient lobby 1', 'ada connected 1']);
    expect(changes.at(-1)).toBe('timed-out ben lobby');
  });

  test('asks an ejected guest to wait again', () => {
    const { participant } = join('ada');
    room.admit(participant.id);
    room.eject(participant.id);
    expect(join('ada')).toMatchObject({ told: ['waiting'], participant: { id: participant.id, joins: 2 } });
  });
});

test('the end of a meeting puts everybody out once', () => {
  const ada = join('ada');
  room.accessLevel = 'Locked';
  const ben = join('ben');
  room.end();
  room.end();
  expect(room).toMatchObject({ ended: true, roster: [] });
  expect([ada.told.slice(1), ben.told.slice(1)]).toEqual([['Ended'], ['Ended']]);
  expect(changes.filter((change) => change.startsWith('ended'))).toHaveLength(1);
});

describe('the hall', () => {
  test('has one room for a conference, however it is spelt', () => {
    expect(hall.room(conferenceUri.toUpperCase())).toBe(room);
    expect(hall.find(conferenceUri.toLowerCase())).toBe(room);
    expect(hall.find(room.id)).toBe(room);
    expect(hall.find('sip:other')).toBeUndefined();
    expect(hall.rooms).toEqual([room]);
  });

  test('opens rooms with the level that the meeting was made with, else the usual one', () => {
    const other = new MeetingHall(clock, (uri) => (uri === conferenceUri ? 'Locked' : undefined));
    other.behaviour.accessLevel = 'None';
    expect(other.room(conferenceUri).accessLevel).toBe('Locked');
    expect(other.room('sip:other').accessLevel).toBe('None');
  });

  test('is empty after a reset, and tells who listens until it no longer does', () => {
    const heard: string[] = [];
    const stop = hall.onChange(({ type }) => heard.push(type));
    hall.behaviour.accessLevel = 'None';
    hall.reset();
    expect(hall).toMatchObject({ rooms: [], behaviour: { accessLevel: 'Everyone' } });
    hall.room(conferenceUri).end();
    stop();
    hall.room('sip:other').end();
    expect(heard).toEqual(['ended']);
  });
});
