import { errorOf, propertyOf, textOf, type UcwaError } from './body.ts';
import { embeddedOf, listOf } from './resource.ts';

/** One event of the channel (docs/protocol/ucwa.md §3.4). */
export interface ChannelEvent {
  /** Of the resource that it is about. */
  readonly rel: string;
  readonly href: string | undefined;
  readonly type: string | undefined;
  readonly status: string | undefined;
  readonly reason: UcwaError;
  /** The resource itself, if it came along. */
  readonly resource: unknown;
}

// In a large meeting most events are about other participants.
const rels: readonly unknown[] = ['onlineMeetingInvitation', 'conversation'];

/** The events of one answer that tell what becomes of the guest, in their order. */
export function eventsIn(answer: unknown): ChannelEvent[] {
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
