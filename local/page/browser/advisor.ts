import { AnonymousJoinProblem, createAnonymousJoinClient } from '../../../client/client.ts';
import { element, field, say } from './elements.ts';
import { decide, endMeeting, lookInto, openRoom, type Decision, type Room } from './room.ts';
import { newsBetween, PeopleList } from './roster.ts';

const lookEveryMs = 300;

/** The advisor's pane. @param onMeeting called with the guest link of each new meeting */
export function startAdvisor(onMeeting: (meetingUrl: string) => void): void {
  const form = element('create', HTMLFormElement);
  const line = element('advisor-says', HTMLElement);
  const meeting = element('meeting', HTMLElement);
  const guestLink = element('guest-link', HTMLInputElement);
  const endButton = element('end', HTMLButtonElement);
  const onDecision = (decision: Decision, { id }: { readonly id: string }): void => {
    if (room) void act(decide(room, decision, id));
  };
  const lobby = new PeopleList(element('lobby', HTMLElement), ['admit', 'deny'], onDecision);
  const roster = new PeopleList(element('roster', HTMLElement), ['eject'], onDecision);
  // The key is added by the page's server, which is the advisor's back end.
  const client = createAnonymousJoinClient({ baseUrl: location.origin });
  let room: Room | undefined;
  let asked = 0;
  let shown = 0;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void create();
  });
  element('copy', HTMLButtonElement).addEventListener('click', () => void copy());
  endButton.addEventListener('click', () => {
    if (room) void act(endMeeting(room));
  });
  setInterval(() => {
    if (room && !room.ended) void act(lookInto(room));
  }, lookEveryMs);

  async function create(): Promise<void> {
    const waits = field(form, 'lobby') !== '';
    say(line, 'Creating the meeting …', 'wait');
    try {
      const { meetingUrl, onlineMeetingUri } = await client.createMeeting({
        subject: field(form, 'subject'),
        accessLevel: waits ? 'SameEnterprise' : 'Everyone',
      });
      // The simulated meetings, which this page controls, are on the Skype platforms, where every meeting has this URI.
      room = await openRoom(onlineMeetingUri ?? '');
      guestLink.value = meetingUrl;
      onMeeting(meetingUrl);
      say(line, 'The meeting is open. Send the guest link to your customer.', 'good');
      show(room);
    } catch (error) {
      const code = error instanceof AnonymousJoinProblem ? `: ${error.code}` : '';
      say(line, `The meeting was not created${code}.`, 'bad');
    }
  }

  /** Shows what has become of the room, unless something newer is shown, or another room. */
  async function act(change: Promise<Room>): Promise<void> {
    const turn = ++asked;
    const now = await change.catch(() => undefined);
    if (!now || now.id !== room?.id || turn < shown) return;
    shown = turn;
    const news = newsBetween(room.roster, now.roster);
    room = now;
    if (now.ended) say(line, 'The meeting is over.');
    else if (news !== '') say(line, news, 'good');
    show(now);
  }

  function show({ ended, roster: people }: Room): void {
    const focused = document.activeElement;
    const hadFocus = meeting.contains(focused);
    lobby.show(people.filter(({ state }) => state === 'lobby'));
    roster.show(people.filter(({ state }) => state === 'connected'));
    meeting.hidden = ended;
    // What was pressed is gone.
    if (hadFocus && (ended || !meeting.contains(focused))) line.focus();
  }

  async function copy(): Promise<void> {
    guestLink.select();
    await navigator.clipboard.writeText(guestLink.value).then(
      () => {
        say(line, 'The guest link is copied.', 'good');
      },
      () => {
        say(line, 'Copy the selected link by hand.');
      },
    );
  }
}
