import { eventsIn, type ChannelEvent } from './events.ts';
import { GuestFailure } from './failure.ts';
import { linkOf } from './resource.ts';

/** What one poll has brought. */
export interface EventPackage {
  readonly events: readonly ChannelEvent[];
  /** The guest was away for so long that its conversations were closed. */
  readonly resumed: boolean;
}

/** A server that answers with nothing but `resync` would be asked without a pause. */
const mostResyncs = 3;

/**
 * Begins to poll at once, one poll at a time; each link is followed as it was given, and the next poll is on its way before
 * the events of the last are handed out (docs/protocol/ucwa.md §3.4). It ends when somebody else polls in its place.
 */
export function openEventChannel(
  firstHref: string,
  poll: (href: string) => Promise<unknown>,
): AsyncGenerator<EventPackage, void, void> {
  const begin = (href: string): Promise<unknown> => {
    const polling = poll(href);
    // It may fail while the events of the last are dealt with, and nobody waits for it yet.
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

/** 409 says that there is a later poll than this (PGetReplaced). To poll again would only take the place of that one. */
function unlessReplaced(error: unknown): typeof replaced {
  const { status, code, subcode = 'PGetReplaced' } = error instanceof GuestFailure ? error.refusal : {};
  if (status === 409 && code !== undefined && subcode === 'PGetReplaced') return replaced;
  throw error;
}
