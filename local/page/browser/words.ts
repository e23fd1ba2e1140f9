import type { GuestReason, GuestState, GuestStep } from '../../../client/guest/guest.ts';
import type { AnonymousJoinProblem } from '../../../client/problem.ts';
import type { Tone } from './elements.ts';

/** Everything that is done for a customer, in order. */
export type Step = 'checking-link' | 'first-token' | GuestStep;

/** The name of each step. */
export const stepNames: Record<Step, string> = {
  'checking-link': 'Check the link',
  'first-token': 'Ask the service for a token',
  discovering: 'Find the meeting',
  'creating-application': 'Connect to the meeting’s server',
  connecting: 'Join',
  lobby: 'Wait in the lobby',
  joined: 'In the meeting',
  'asking-for-token': 'Connection lost: ask for a rejoin token',
  left: 'Left',
  failed: 'Ended',
};

const newLink = 'Ask your advisor for a new one.';

/** Each reason for not being in the meeting, in the customer's words. */
const reasonWords: Record<GuestReason, string> = {
  denied: 'Your advisor did not let you in. If you think that is a mistake, call your advisor.',
  ejected: 'You were removed from the meeting by your advisor.',
  'meeting-ended': 'The meeting is over. Thank you for coming.',
  'invitees-only': 'Only invited people may join this meeting. Call your advisor.',
  'too-many-participants': 'The meeting is full. Try again later, or call your advisor.',
  'lobby-timeout': 'Nobody let you in in time. Join again when your advisor is there.',
  'meeting-not-found': `This link has expired: the meeting does not exist any more. ${newLink}`,
  'wrong-meeting': `This link is not for this meeting. ${newLink}`,
  refused: 'The meeting did not let you in. Call your advisor.',
  'token-expired': `This link has expired. ${newLink}`,
  'token-of-another-host': 'The meeting has moved to another server.',
  'guest-removed': 'Your advisor has ended your access to this meeting.',
  'session-lost': 'The service does not know you any more. Open the link again.',
  'token-refused': 'The service did not let you in again. Call your advisor.',
  'application-gone': 'The meeting’s server has lost you.',
  'away-too-long': 'You were away for too long.',
  busy: 'The service is busy.',
  unreachable: 'There is no connection.',
  'platform-error': 'The meeting’s server has a problem.',
  intermediary: 'Something between you and the meeting gets in the way, such as the sign-in page of a network.',
  'unusable-answer': 'The meeting’s server gave an answer that makes no sense.',
};

/** What the page says to a customer, and in which tone. */
export interface Message {
  readonly text: string;
  readonly tone: Tone;
}

const message = (tone: Tone, ...sentences: string[]): Message => ({ text: sentences.join(' '), tone });

export const busy = message('wait', reasonWords.busy, 'Trying again …');

/** What a state means for a customer. @param hasBeenIn whether it was in the meeting before */
export function wordsOf(state: GuestState, hasBeenIn: boolean): Message {
  switch (state.name) {
    case 'discovering':
    case 'creating-application':
    case 'connecting':
      return state.waiting
        ? message('wait', reasonWords[state.waiting.reason], 'Trying again …')
        : message('plain', 'Joining …');
    case 'lobby':
      return message('wait', 'You are in the lobby. Your advisor knows that you are here, and lets you in.');
    case 'joined':
      if (!hasBeenIn) return message('good', 'You are in the meeting.');
      if (state.identityPreserved) return message('good', 'You are back in the meeting, as the same participant.');
      return message('good', 'You are back in the meeting. Others see you as a new participant.');
    case 'reconnecting':
      return message('wait', reasonWords[state.waiting?.reason ?? state.reason], 'Bringing you back …');
    case 'left':
      return message('plain', 'You have left the meeting.');
    case 'failed':
      return message(state.reason === 'meeting-ended' ? 'plain' : 'bad', reasonWords[state.reason]);
  }
}

/** What a problem of the service means for a customer, who cannot mend it. */
export function wordsOfProblem({ code, transient }: AnonymousJoinProblem): Message {
  if (transient) return message('bad', 'The service cannot be reached at the moment. Try again in a minute.');
  if (code === 'platform-refused')
    return message('bad', `The meeting does not take this link: it may have expired. ${newLink}`);
  if (code === 'guest-removed') return message('bad', reasonWords['guest-removed']);
  return message('bad', `This did not work. Tell your advisor: ${code}.`);
}
