import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../http/exchange.ts';

const schema = z.object({
  /** The host that issued it, and the only one that takes it (ucwa.md §2.8). */
  host: z.string(),
  identity: z.string(),
  /** Of an anonymous participant: the conference, and a digest of its key. */
  conferenceUri: z.string().optional(),
  keyDigest: z.string().optional(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
});

/** What a web ticket says. */
type WebTicket = z.infer<typeof schema>;

/** Makes and reads the tokens of one run of the simulator. */
export interface WebTickets {
  /** `cwt=` and base64 with its `+`, `/` and `=`: without percent-encoding it arrives changed. */
  seal(ticket: WebTicket): string;
  /** Undefined if it was not made here, has expired, or belongs to another host. */
  open(token: string, host: string): WebTicket | undefined;
}

// AAEB is how the documents' ticket begins. The rest makes sure that each ticket has characters that have to be
// encoded.
const prefix = Buffer.from('AAEB+/+/', 'base64');
const macBytes = 32;

/** Web tickets on a clock. @param now milliseconds since the epoch */
export function webTickets(now: () => number): WebTickets {
  const key = randomBytes(32);
  const mac = (content: Buffer) => createHmac('sha256', key).update(content).digest();
  return {
    seal(ticket) {
      // The id makes two tickets of one moment different.
      const content = Buffer.from(JSON.stringify({ ...ticket, id: randomUUID() }));
      return `cwt=${Buffer.concat([prefix, mac(content), content]).toString('base64')}`;
    },
    open(token, host) {
      const bytes = Buffer.from(/^cwt=([A-Za-z0-9+/]+=*)$/.exec(token)?.[1] ?? '', 'base64');
      const [given, content] = [
        bytes.subarray(prefix.length, prefix.length + macBytes),
        bytes.subarray(prefix.length + macBytes),
      ];
      if (given.length < macBytes || !timingSafeEqual(given, mac(content))) return undefined;
      const ticket = schema.parse(parseJson(content.toString('utf8')));
      return ticket.host === host && ticket.expiresAt > now() ? ticket : undefined;
    },
  };
}

/** The form in which a ticket contains the key that it was issued for. */
export function digestOf(conferenceKey: string): string {
  return createHash('sha256').update(conferenceKey).digest('base64url');
}
