import * as z from 'zod';
import { parseJson } from '../../json.ts';
import type { Join } from '../platform.ts';
import type { Conference } from './conferences.ts';
import type { Servers } from './servers.ts';
import type { WebTicket } from './webTicket.ts';

const lastTicket = z.object({
  token: z.string(),
  expiresAt: z.number(),
  tokenEndpoint: z.url(),
  uri: z.string(),
  organizer: z.string(),
  domain: z.string(),
  key: z.string(),
});

/** What the guest's row keeps of a join: the ticket, where it was issued, and the conference that it is for. */
export type LastTicket = Readonly<z.infer<typeof lastTicket>>;

/** The identity of {@link joinOf}; undefined if there is none, or none that can be read. */
export function readLastTicket(identity: string | undefined): LastTicket | undefined {
  return identity === undefined ? undefined : lastTicket.safeParse(parseJson(identity)).data;
}

/** A ticket as the guest's app gets it, with the identity by which the next one continues it. */
export function joinOf(ticket: WebTicket, conference: Conference, servers: Servers): Omit<Join, 'identityPreserved'> {
  const { uri, organizer, domain, key } = conference;
  const identity: LastTicket = {
    token: ticket.token,
    expiresAt: ticket.expiresAt.getTime(),
    tokenEndpoint: servers.tokenEndpoint.href,
    ...{ uri, organizer, domain, key },
  };
  return {
    token: ticket.token,
    expiryTime: ticket.expiresAt,
    discoverUrl: servers.userUrl.href,
    applicationsUrl: servers.applicationsUrl.href,
    conferenceUri: uri,
    identity: JSON.stringify(identity),
  };
}
