/** A link with its relation. */
export interface RelatedLink {
  rel: string;
  href: string;
  title?: string;
}

/** Why something failed or was taken away (ucwa.md §3.6). */
export interface Reason {
  code: string;
  subcode?: string;
  message: string;
}

/** One event of the channel, with the resource that sends it. */
export interface UcwaEvent {
  sender: RelatedLink;
  link: RelatedLink;
  /** The collection that the resource was added to, or left. */
  in?: RelatedLink;
  type: 'started' | 'updated' | 'completed' | 'added' | 'deleted';
  status?: 'Success' | 'Failure';
  reason?: Reason;
  /** The resource itself, under its relation. */
  _embedded?: Record<string, unknown>;
}

/**
 * The answer to a poll (ucwa.md §3.4): the events in their order, neighbours of one sender together; a sender may
 * repeat.
 */
export function eventPackage(hrefs: { self: string; next: string }, events: readonly UcwaEvent[]): unknown {
  const senders: (RelatedLink & { events: Omit<UcwaEvent, 'sender'>[] })[] = [];
  for (const { sender, ...event } of events) {
    const last = senders.at(-1);
    if (last?.href === sender.href) last.events.push(event);
    else senders.push({ ...sender, events: [event] });
  }
  return {
    _links: linksOf(hrefs),
    ...(senders.length > 0 && { sender: senders }),
  };
}

/** Links, as resources have them. */
export function linksOf(hrefs: Record<string, string>): Record<string, { href: string }> {
  return Object.fromEntries(Object.entries(hrefs).map(([rel, href]) => [rel, { href }]));
}
