import { createAnonymousJoinClient, AnonymousJoinProblem } from '../../../client/client.ts';
import { joinMeeting, type GuestChange, type GuestSession } from '../../../client/guest/guest.ts';
import { element, field, say } from './elements.ts';
import { wordsOfLink } from './linkWords.ts';
import { Network } from './network.ts';
import { Steps } from './steps.ts';
import { busy, wordsOf, wordsOfProblem, type Message } from './words.ts';

const lossMs = 10_000;

/** The customer's pane: from the link into the meeting, and back into it. @returns how a link is handed to the customer */
export function startCustomer(): (meetingUrl: string) => void {
  const form = element('join', HTMLFormElement);
  const link = element('join-link', HTMLInputElement);
  const line = element('customer-says', HTMLElement);
  const controls = element('controls', HTMLElement);
  const networkButton = element('network', HTMLButtonElement);
  const leaveButton = element('leave', HTMLButtonElement);
  const steps = new Steps(element('steps', HTMLElement));
  const network = new Network();
  const client = createAnonymousJoinClient({ baseUrl: location.origin, fetch: sayWhenBusy });
  let session: GuestSession | undefined;
  let isUnderWay = false;
  let hasBeenIn = false;
  let mending: ReturnType<typeof setTimeout> | undefined;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isUnderWay) void join(field(form, 'link'), field(form, 'name') || 'Guest');
  });
  leaveButton.addEventListener('click', () => void session?.leave());
  networkButton.addEventListener('click', () => {
    if (network.lost) bringBack();
    else lose();
  });
  addEventListener('pagehide', () => void session?.leave({ keepalive: true }));

  return (meetingUrl) => {
    link.value = meetingUrl;
  };

  async function join(meetingUrl: string, displayName: string): Promise<void> {
    begin();
    try {
      steps.enter('checking-link');
      const allowedOrigins = [location.origin];
      const preflight = await client.preflight({ meetingUrl, allowedOrigins });
      if (preflight.status === 'fail') {
        finish({ text: wordsOfLink(preflight), tone: 'bad' });
        return;
      }
      steps.enter('first-token');
      const join = await client.issue({ meetingUrl, allowedOrigins });
      const { applicationSessionId } = join;
      session = joinMeeting({
        join,
        rejoin: (options) => client.rejoin({ applicationSessionId, allowedOrigins }, options),
        displayName,
        fetch: network.fetchFromPlatform,
      });
      controls.hidden = false;
      session.subscribe(show);
    } catch (error) {
      if (!(error instanceof AnonymousJoinProblem)) throw error;
      finish(wordsOfProblem(error));
    }
  }

  function show({ state, step }: GuestChange): void {
    steps.enter(step);
    const words = wordsOf(state, hasBeenIn);
    if (state.name === 'joined') hasBeenIn = true;
    if (state.name === 'left' || state.name === 'failed') finish(words);
    else say(line, words.text, words.tone);
  }

  function begin(): void {
    isUnderWay = true;
    hasBeenIn = false;
    steps.clear();
    say(line, 'Joining …');
    form.hidden = true;
    line.focus();
  }

  function finish({ text, tone }: Message): void {
    isUnderWay = false;
    session = undefined;
    steps.end();
    bringBack();
    say(line, text, tone);
    // What has the focus is about to go.
    if (controls.contains(document.activeElement)) line.focus();
    controls.hidden = true;
    form.hidden = false;
  }

  function lose(): void {
    network.lose();
    networkButton.textContent = 'Bring the network back';
    mending = setTimeout(bringBack, lossMs);
  }

  function bringBack(): void {
    clearTimeout(mending);
    network.bringBack();
    networkButton.textContent = 'Lose the network';
  }

  /** The client tries again by itself; this says why it takes so long. */
  async function sayWhenBusy(url: string, init: RequestInit): Promise<Response> {
    const response = await network.fetch(url, init);
    if (response.status === 429 || response.status === 503) say(line, busy.text, busy.tone);
    return response;
  }
}
