import { Clock } from '../../../../local/clock.ts';
import { Meetings } from '../../../../local/simulator/meetings/meetings.ts';
import type { Participant, ParticipantListener } from '../../../../local/simulator/meetings/participant.ts';
import type { Meeting } from '../../../../local/simulator/meetings/meeting.ts';
import { noon } from '../setUp.ts';

const conferenceUri = 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC';

let clock: Clock;
let meetings: Meetings;
let meeting: Meeting;
let changes: string[];

beforeEach(() => {
  clock = new Clock(() => noon);
  meetings = new Meetings(clock);
  meeting = meetings.open(conferenceUri);
  changes = [];
  meetings.onChange(({ type, participant }) =>
    changes.push([type, participant?.endpoint, participant?.state].filter(Boolean).join(' ')),
  );
});

afterEach(() => {
  clock.reset();
});

/** Keeps what it is notified of. */
function newListener(): ParticipantListener & { notified: string[] } {
  const notified: string[] = [];
  return {
    notified,
    connected: (_, others) => notified.push(`connected with ${others.map(({ endpoint }) => endpoint).join(',')}`),
    inLobby: () => notified.push('in lobby'),
    removed: (reason) => notified.push(reason),
    othersChanged: (change, { endpoint }) => notified.push(`${endpoint} ${change}`),
  };
}

function join(
  endpoint: string,
  listener = newListener(),
): { participant: Participant; notified: string[]; listener: ParticipantListener } {
  const participant = meeting.join({ endpoint, displayName: endpoint.toUpperCase() }, listener);
  return { participant, notified: listener.notified, listener };
}

const endpoints = () => meeting.roster.map(({ endpoint, state, joins }) => `${endpoint} ${state} ${joins}`);

describe('a meeting that everyone may join', () => {
  test('connects guests at once, and notifies each of the others', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    expect(meeting.roster).toEqual([
      { id: ada.participant.id, endpoint: 'ada', displayName: 'ADA', state: 'connected', joinedAt: noon, joins: 1 },
      { id: ben.participant.id, endpoint: 'ben', displayName: 'BEN', state: 'connected', joinedAt: noon, joins: 1 },
    ]);
    expect(ben.notified).toEqual(['connected with ada']);
    meeting.leave('ben', ben.listener);
    expect(ada.notified).toEqual(['connected with ', 'ben added', 'ben deleted']);
    expect(changes).toEqual(['joined ada connected', 'joined ben connected', 'left ben connected']);
  });

  test('has a guest who joins again once, under the same id, and removes the earlier connection', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    clock.advance(60_000);
    const again = join('ada');
    expect(again.participant).toMatchObject({ id: ada.participant.id, joins: 2, joinedAt: noon + 60_000 });
    expect(endpoints()).toEqual(['ada connected 2', 'ben connected 1']);
    expect([ada.notified.at(-1), again.notified, ben.notified.at(-1)]).toEqual([
      'Ended',
      ['connected with ben'],
      'ada updated',
    ]);
    expect(changes.at(-1)).toBe('rejoined ada connected');
  });

  test('keeps a guest who has joined again when the earlier connection leaves', () => {
    const earlier = join('ada');
    join('ada');
    meeting.leave('ada', earlier.listener);
    expect(endpoints()).toEqual(['ada connected 2']);
  });

  test('gives a guest who left and joins again the same id', () => {
    const first = join('ada');
    meeting.leave('ada', first.listener);
    expect(meeting.roster).toEqual([]);
    expect(join('ada').participant).toMatchObject({ id: first.participant.id, joins: 2 });
    expect(changes.at(-1)).toBe('joined ada connected');
  });
});

describe('a meeting with a lobby', () => {
  beforeEach(() => {
    meeting.accessLevel = 'Invited';
  });

  test('connects only guests who are admitted, and does not show the lobby to guests', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    expect([ada.notified, ben.notified]).toEqual([['in lobby'], ['in lobby']]);
    expect(meeting.admit(ada.participant.id)).toBe(true);
    expect(ada.notified).toEqual(['in lobby', 'connected with ']);
    expect(meeting.lobby.map(({ endpoint }) => endpoint)).toEqual(['ben']);
    expect(endpoints()).toEqual(['ada connected 1', 'ben lobby 1']);
    meeting.admit(ben.participant.id);
    expect(ada.notified.at(-1)).toBe('ben added');
  });

  test('removes a guest who is denied', () => {
    const { participant, notified } = join('ada');
    expect(meeting.deny(participant.id)).toBe(true);
    expect(notified).toEqual(['in lobby', 'Denied']);
    expect(meeting.roster).toEqual([]);
    expect(changes).toEqual(['access-level', 'joined ada lobby', 'denied ada lobby']);
  });

  test('admits and denies only guests in the lobby, and ejects only connected ones', () => {
    const { participant } = join('ada');
    expect([meeting.eject(participant.id), meeting.admit('nobody')]).toEqual([false, false]);
    meeting.admit(participant.id);
    expect([meeting.admit(participant.id), meeting.deny(participant.id)]).toEqual([false, false]);
    expect(meeting.eject(participant.id)).toBe(true);
    expect(changes.at(-1)).toBe('ejected ada connected');
  });

  test('keeps a guest admitted who joins again, or not, as the behaviour says', () => {
    const [ada, ben] = [join('ada'), join('ben')];
    for (const { participant } of [ada, ben]) meeting.admit(participant.id);
    expect(join('ada').notified).toEqual(['connected with ben']);
    meetings.behaviour.lobbyOnRejoin = true;
    expect(join('ada').notified).toEqual(['in lobby']);
    expect(ben.notified.at(-1)).toBe('ada deleted');
  });

  test('removes a guest who has waited for longer than the limit, if there is one', () => {
    join('patient');
    meetings.behaviour.lobbySeconds = 900;
    const [ada, ben] = [join('ada'), join('ben')];
    clock.advance(899_000);
    meeting.admit(ada.participant.id);
    const again = join('ben');
    clock.advance(1_000);
    expect([ada.notified.at(-1), ben.notified.at(-1), again.notified.at(-1)]).toEqual([
      'connected with ',
      'Ended',
      'in lobby',
    ]);
    clock.advance(899_000);
    expect(again.notified.at(-1)).toBe('Timeout');
    expect(endpoints()).toEqual(['patient lobby 1', 'ada connected 1']);
    expect(changes.at(-1)).toBe('timed-out ben lobby');
  });

  test('puts an ejected guest who joins again into the lobby', () => {
    const { participant } = join('ada');
    meeting.admit(participant.id);
    meeting.eject(participant.id);
    expect(join('ada')).toMatchObject({ notified: ['in lobby'], participant: { id: participant.id, joins: 2 } });
  });
});

test('the end of a meeting removes everybody once', () => {
  const ada = join('ada');
  meeting.accessLevel = 'Locked';
  const ben = join('ben');
  meeting.end();
  meeting.end();
  expect(meeting).toMatchObject({ ended: true, roster: [] });
  expect([ada.notified.slice(1), ben.notified.slice(1)]).toEqual([['Ended'], ['Ended']]);
  expect(changes.filter((change) => change.startsWith('ended'))).toHaveLength(1);
});

describe('the meetings', () => {
  test('are one for each conference, however its URI is spelt', () => {
    expect(meetings.open(conferenceUri.toUpperCase())).toBe(meeting);
    expect(meetings.find(conferenceUri.toLowerCase())).toBe(meeting);
    expect(meetings.find(meeting.id)).toBe(meeting);
    expect(meetings.find('sip:other')).toBeUndefined();
    expect(meetings.all).toEqual([meeting]);
  });

  test('open with the level that the meeting was created with, or else with the usual one', () => {
    const other = new Meetings(clock, (uri) => (uri === conferenceUri ? 'Locked' : undefined));
    other.behaviour.accessLevel = 'None';
    expect(other.open(conferenceUri).accessLevel).toBe('Locked');
    expect(other.open('sip:other').accessLevel).toBe('None');
  });

  test('are none after a reset, and listeners are called until they stop', () => {
    const heard: string[] = [];
    const stop = meetings.onChange(({ type }) => heard.push(type));
    meetings.behaviour.accessLevel = 'None';
    meetings.reset();
    expect(meetings).toMatchObject({ all: [], behaviour: { accessLevel: 'Everyone' } });
    meetings.open(conferenceUri).end();
    stop();
    meetings.open('sip:other').end();
    expect(heard).toEqual(['ended']);
  });
});
