import { jsonAnswer, type Answer, type Request } from '../http/exchange.ts';
import { noContent, ucwaError } from '../http/ucwaAnswers.ts';
import type { GuestResource } from '../operations.ts';
import { isSameConference } from '../upstreams/platform/conferences.ts';
import type { World } from '../world.ts';
import type { Guest, GuestApplication } from './application.ts';
import { applicationPart } from './applicationParts.ts';
import { GuestConversation } from './conversation.ts';
import { readApplication, readJoin, readPoll } from './requests.ts';
import { applicationResource } from './resources.ts';

/** What a request's token gives access to. */
interface GuestAccess {
  readonly guest: Guest;
  /** Given if the token names the endpoint, so that the body need not. */
  readonly tokenEndpointId?: string | undefined;
  /** Of the API. */
  readonly version: string;
  /** Whether there is such a meeting. */
  readonly isMeeting: (conferenceUri: string) => boolean;
}

/**
 * What a request is answered with: the token's access, the applications and meetings, and whether the client is still
 * there.
 */
interface UcwaContext {
  readonly access: GuestAccess;
  readonly state: Pick<World, 'guests' | 'meetings'>;
  readonly gone: AbortSignal;
}

/** The resource that a path names. */
export interface UcwaTarget {
  readonly resource: GuestResource;
  /** Where applications are created, as links have it, whatever letter case was asked in. */
  readonly applicationsPath: string;
  /** Empty at the resource that applications are created at. */
  readonly applicationId: string;
  /** Behind the id, in lower case, without slashes at its ends. */
  readonly below: string;
}

/** Reads a path, which the servers take in any letter case; undefined if it leads elsewhere. */
export function readTarget(path: string, applicationsPath: string): UcwaTarget | undefined {
  const [wanted, root] = [path.toLowerCase().replace(/\/$/, ''), applicationsPath.toLowerCase()];
  if (wanted !== root && !wanted.startsWith(`${root}/`)) return undefined;
  const [applicationId = '', ...rest] = wanted.slice(root.length + 1).split('/');
  const below = rest.join('/');
  const resource = applicationId === '' ? 'applications' : (resources.get(below) ?? 'application');
  return { resource, applicationsPath, applicationId, below };
}

const resources = new Map<string, GuestResource>([
  ['events', 'events'],
  ['communication/onlinemeetinginvitations', 'join'],
]);

/** UCWA as far as a guest needs it, on both platforms: an application, its event channel, the join. */
export function ucwaAnswer(request: Request, target: UcwaTarget, context: UcwaContext): Answer | Promise<Answer> {
  const { access, gone, state } = context;
  const { resource, applicationId, below } = target;
  if (wantsNewer(request, access.version)) return ucwaError(404, 'APIVersionNotSupported');
  if (resource === 'applications') {
    return request.method === 'POST' ? create(request, target, context) : ucwaError(405);
  }
  const application = state.guests.find(applicationId, request.host);
  if (!application) return state.guests.notFound();
  // A renewed token does as well as the first one; another guest's does not, nor one for another meeting.
  if (!isSame(application.details.guest, access.guest)) return ucwaError(403);

  switch (resource) {
    case 'events': {
      if (request.method !== 'GET') return ucwaError(405);
      const read = readPoll(request, state.meetings.behaviour.eventsQuery);
      return 'refusal' in read ? read.refusal : application.channel.poll(read.poll, gone);
    }
    case 'join':
      return request.method === 'POST' ? join(request, application, context) : ucwaError(405);
    case 'application':
      if (below === '' && request.method === 'DELETE') {
        state.guests.end(application);
        return noContent;
      }
      return applicationPart(request.method, below, application);
  }
}

/** Whether the client needs a later version of the API than there is (ucwa.md §3.8). */
function wantsNewer({ headers }: Request, version: string): boolean {
  const wanted = headers['x-ms-requiresminresourceversion'];
  return typeof wanted === 'string' && Number.parseFloat(wanted) > Number.parseFloat(version);
}

function isSame(one: Guest, other: Guest): boolean {
  return one.endpoint === other.endpoint && isSameConference(one.conferenceUri, other.conferenceUri);
}

function create(request: Request, { applicationsPath }: UcwaTarget, { access, state }: UcwaContext): Answer {
  const { guest, tokenEndpointId } = access;
  const read = readApplication(request, tokenEndpointId);
  if ('refusal' in read) return read.refusal;
  const { gone } = state.meetings.behaviour;
  // Who was idle for too long may begin anew; the others may not.
  if (gone !== undefined && gone !== 'InactiveApplicationExpired') return ucwaError(410, gone);
  const { host } = request;
  const { application, isNew } = state.guests.open({ ...read.requested, host, applicationsPath, guest });
  return jsonAnswer(isNew ? 201 : 200, applicationResource(application), { Location: application.self });
}

/** The answer says nothing but that the join has begun (ucwa.md §3.2): its outcome comes by events. */
async function join(
  request: Request,
  application: GuestApplication,
  { access: { guest, isMeeting }, state: { meetings } }: UcwaContext,
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

  const conversation = new GuestConversation(application, meetings.open(conferenceUri), read.join, meetings.behaviour);
  application.conversations.set(conversation.id, conversation);
  conversation.join();
  if (meetings.behaviour.eventsBeforeAnswer) await application.channel.acknowledged();
  return { status: 201, headers: { Location: conversation.invitation }, body: '' };
}
