import { jsonAnswer, type Answer, type Request } from '../http/exchange.ts';
import { readApplication } from './applicationRequest.ts';
import type { GuestApplication } from './application.ts';
import type { GuestApplications } from './applications.ts';
import { applicationPart } from './applicationParts.ts';
import { isSameConference } from './conference.ts';
import { Conversation } from './conversation.ts';
import type { Guest } from './guest.ts';
import type { MeetingHall } from './meetings.ts';
import { readJoin } from './joinRequest.ts';
import type { Place } from './place.ts';
import { readPoll } from './pollRequest.ts';
import { applicationResource } from './resources.ts';
import { noContent, ucwaError } from './ucwaAnswers.ts';

/** What one platform's UCWA knows of a request when it has let it in. */
export interface Admitted {
  readonly guest: Guest;
  /** Where its applications are created, as links have it. */
  readonly applicationsPath: string;
  /** Given if the token names the endpoint, so that the body need not. */
  readonly tokenEndpointId?: string | undefined;
  /** Of the API. */
  readonly version: string;
  /** Whether there is such a meeting. */
  readonly isMeeting: (conferenceUri: string) => boolean;
}

/** The parts of the world in which guests meet. */
export interface Venue {
  readonly guests: GuestApplications;
  readonly meetings: MeetingHall;
}

/**
 * UCWA as far as a guest needs it, on both platforms: an application, its event channel, the join. Numbers with § are
 * sections of the UCWA protocol document; those with G are calls of the other document's §6.
 */
export function ucwaAnswer(
  request: Request,
  { place, applicationId, below }: Place,
  admitted: Admitted,
  venue: Venue,
  gone: AbortSignal,
): Answer | Promise<Answer> {
  if (wantsNewer(request, admitted.version)) return ucwaError(404, 'APIVersionNotSupported');
  if (place === 'applications') return request.method === 'POST' ? create(request, admitted, venue) : ucwaError(405);
  const { guests } = venue;
  const application = guests.find(applicationId, request.host);
  if (!application) return guests.notFound();
  // A renewed token does as well as the first one; another guest's does not, nor one for another meeting.
  if (!isSame(application.details.guest, admitted.guest)) return ucwaError(403);

  switch (place) {
    case 'events':
      return request.method === 'GET' ? poll(request, application, venue, gone) : ucwaError(405);
    case 'join':
      return request.method === 'POST' ? join(request, application, admitted, venue) : ucwaError(405);
    case 'application':
      if (below === '' && request.method === 'DELETE') {
        guests.end(application);
        return noContent;
      }
      return applicationPart(request.method, below, application);
  }
}

/** Whether the client needs a later version of the API than there is (§3.8). */
function wantsNewer({ headers }: Request, version: string): boolean {
  const wanted = headers['x-ms-requiresminresourceversion'];
  return typeof wanted === 'string' && Number.parseFloat(wanted) > Number.parseFloat(version);
}

function isSame(one: Guest, other: Guest): boolean {
  return one.endpoint === other.endpoint && isSameConference(one.conferenceUri, other.conferenceUri);
}

function create(request: Request, { guest, applicationsPath, tokenEndpointId }: Admitted, venue: Venue): Answer {
  const read = readApplication(request, tokenEndpointId);
  if ('refusal' in read) return read.refusal;
  const { gone } = venue.meetings.behaviour;
  // Who was idle for too long may begin anew; the others may not.
  if (gone !== undefined && gone !== 'InactiveApplicationExpired') return ucwaError(410, gone);
  const { host } = request;
  const { application, isNew } = venue.guests.open({ ...read.requested, host, applicationsPath, guest });
  return jsonAnswer(isNew ? 201 : 200, applicationResource(application), { Location: application.self });
}

function poll(
  request: Request,
  application: GuestApplication,
  { meetings }: Venue,
  gone: AbortSignal,
): Answer | Promise<Answer> {
  const read = readPoll(request, meetings.behaviour.eventsQuery);
  return 'refusal' in read ? read.refusal : application.channel.poll(read.poll, gone);
}

/** The answer says nothing but that the join has begun (§3.2): its outcome comes by events. */
async function join(
  request: Request,
  application: GuestApplication,
  { guest, isMeeting }: Admitted,
  { meetings }: Venue,
): Promise<Answer> {
  const read = readJoin(request);
  if ('refusal' in read) return read.refusal;
  const { conferenceUri } = guest;
  const wanted = read.join.onlineMeetingUri;
  // Without a meeting it is asked for a new one, which is not the token's either.
  if (conferenceUri === undefined || wanted === undefined || !isSameConference(wanted, conferenceUri)) {
    return ucwaError(403);
  }
  if (!isMeeting(conferenceUri) || meetings.find(conferenceUri)?.ended) return ucwaError(404, 'DestinationNotFound');

  const conversation = new Conversation(application, meetings.room(conferenceUri), read.join, meetings.behaviour);
  application.conversations.set(conversation.id, conversation);
  conversation.join();
  if (meetings.behaviour.eventsBeforeAnswer) await application.channel.acknowledged();
  return { status: 201, headers: { Location: conversation.invitation }, body: '' };
}
