import { GuestFailure, type Refusal } from './failure.ts';
import { embeddedOf, errorOf, linkOf, listOf, propertyOf, textOf } from './resource.ts';

/** One event of the channel (docs/protocol/ucwa.md §3.4). */
export interface ChannelEvent {
  /** The kind of the resource that it is about, and where that is. */
  readonly rel: string;
  readonly href: string | undefined;
  readonly type: string | undefined;
  readonly status: string | undefined;
  readonly reason: Refusal;
  /** The resource itself, if the event includes it. */
  readonly resource: unknown;
}

/** What one poll has brought. */
interface EventPackage {
  readonly events: readonly ChannelEvent[];
  /** The guest was away for so long that the platform closed its conversations. */
  readonly resumed: boolean;
}

/** After more in a row the channel fails, because it would poll without a pause a server that answers nothing else. */
const mostResyncs = 3;

/**
 * Polls for events, one poll at a time, from now on. Each link is followed exactly as it was given, and the next poll is sent
 * before the caller gets the events of the last (docs/protocol/ucwa.md §3.4). The channel ends when another client of this
 * application polls.
 */
export function openEventChannel(
  firstHref: string,
  poll: (href: string) => Promise<unknown>,
): AsyncGenerator<EventPackage, void, void> {
  const begin = (href: string): Promise<unknown> => {
    const polling = poll(href);
    // It may fail while the caller handles the events of the last one, when nothing awaits it.
    polling.catch(() => undefined);
    return polling;
  };

  return packages(begin(firstHref));

  async function* packages(polling: Promise<unknown>): AsyncGenerator<EventPackage, void, void> {
    for (let resyncs = 0; ;) {
      const answer = await polling.catch(unlessReplaced);
      if (answer === replaced) return;
      const [next, resume, resync] = ['next', 'resume', 'resync'].map((rel) => linkOf(answer, rel));
      const href = resume ?? next ?? resync;
      resyncs = href !== undefined && href === resync ? resyncs + 1 : 0;
      if (href === undefined || resyncs > mostResyncs) throw new GuestFailure('unusable-answer', { remedy: 'anew' });
      polling = begin(href);
      yield { events: eventsIn(answer), resumed: resume !== undefined };
    }
  }
}

const replaced = Symbol('replaced');

/** 409 says that another poll has replaced this one (PGetReplaced). Another poll of ours would only replace that one. */
function unlessReplaced(error: unknown): typeof replaced {
  const { status, code, subcode = 'PGetReplaced' } = error instanceof GuestFailure ? error.refusal : {};
  if (status === 409 && code !== undefined && subcode === 'PGetReplaced') return replaced;
  throw error;
}

// In a large meeting most events are about other participants.
const rels: readonly unknown[] = ['onlineMeetingInvitation', 'conversation'];

/** The events of one answer that are about the guest, in their order. */
function eventsIn(answer: unknown): ChannelEvent[] {
  return listOf(propertyOf(answer, 'sender'))
    .flatMap((sender) => listOf(propertyOf(sender, 'events')))
    .filter((event) => rels.includes(propertyOf(propertyOf(event, 'link'), 'rel')))
    .map(readEvent);
}

function readEvent(event: unknown): ChannelEvent {
  const link = propertyOf(event, 'link');
  const rel = textOf(propertyOf(link, 'rel')) ?? '';
  return {
    rel,
    href: textOf(propertyOf(link, 'href')),
    type: textOf(propertyOf(event, 'type')),
    status: textOf(propertyOf(event, 'status')),
    reason: errorOf(propertyOf(event, 'reason')),
    resource: embeddedOf(event, rel),
  };
}
