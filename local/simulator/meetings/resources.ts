import { randomUUID } from 'node:crypto';
import { type GuestApplication, participantUri, type Conversation } from './application.ts';
import { linksOf } from './events.ts';
import type { Participant } from './participant.ts';

type Resource = Record<string, unknown>;

/** `application` (ucwa.md §3.1): all links are relative to its host. */
export function applicationResource(application: GuestApplication): Resource {
  const { self, id, channel, details } = application;
  const { culture, userAgent, endpointId, instanceId } = details;
  return {
    culture,
    userAgent,
    type: 'Browser',
    endpointId,
    instanceId,
    id,
    _links: linksOf({
      self,
      policies: `${self}/policies`,
      batch: `${self}/batch`,
      events: channel.link,
      reportMyNetwork: `${self}/reportMyNetwork`,
    }),
    _embedded: {
      me: meResource(application),
      people: { _links: linksOf({ self: `${self}/people` }), rel: 'people' },
      communication: communicationResource(application),
    },
    rel: 'application',
    etag: '1',
  };
}

/** `me` of an anonymous user: nothing but its URI and its name. */
export function meResource({ self, details, conversations }: GuestApplication): Resource {
  const name = [...conversations.values()].at(-1)?.request.anonymousDisplayName ?? details.displayName;
  return {
    uri: participantUri(details.guest.endpoint),
    name,
    _links: linksOf({ self: `${self}/me` }),
    rel: 'me',
  };
}

/** `communication`: it leads to the meeting, if the guest's token does. */
export function communicationResource({ self, details }: GuestApplication): Resource {
  const at = `${self}/communication`;
  return {
    supportedModalities: [],
    supportedMessageFormats: ['Plain'],
    [randomUUID()]: 'please pass this in a PUT request',
    _links: {
      ...linksOf({
        self: at,
        conversations: `${at}/conversations?filter=active`,
        ...(details.guest.conferenceUri !== undefined && { joinOnlineMeeting: `${at}/onlineMeetingInvitations` }),
      }),
      startMessaging: { href: `${at}/messagingInvitations`, revision: '2' },
    },
    rel: 'communication',
    etag: '1',
  };
}

/** `onlineMeetingInvitation`: `operationId` is the client's own. */
export function invitationResource({ self, invitation, conferenceUri, outcome, request }: Conversation): Resource {
  const { anonymousDisplayName, importance, operationId, subject, threadId } = request;
  return {
    anonymousDisplayName,
    direction: 'Outgoing',
    importance,
    onlineMeetingUri: conferenceUri,
    operationId,
    state: outcome,
    subject,
    threadId,
    _links: linksOf({ self: invitation, conversation: self }),
    rel: 'onlineMeetingInvitation',
  };
}

/** `conversation`: the guest's side of the meeting. */
export function conversationResource(conversation: Conversation): Resource {
  const { self, state, request } = conversation;
  return {
    activeModalities: [],
    importance: request.importance,
    participantCount: conversation.participants.length,
    state,
    subject: request.subject,
    threadId: request.threadId,
    _links: linksOf({ self, participants: `${self}/participants` }),
    rel: 'conversation',
  };
}

/** `participant`, or the guest itself. */
export function participantResource({ self, endpoint: own }: Conversation, participant: Participant): Resource {
  const { id, displayName, endpoint, state } = participant;
  return {
    anonymous: true,
    inLobby: state === 'lobby',
    local: endpoint === own,
    name: displayName,
    organizer: false,
    role: 'Attendee',
    uri: participantUri(endpoint),
    _links: linksOf({ self: `${self}/participants/${id}`, conversation: self }),
    rel: 'participant',
  };
}

/** `participants` or `conversations`: some resources under one relation. */
export function collection(self: string, rel: string, itemRel: string, items: readonly Resource[]): Resource {
  return { _links: linksOf({ self }), _embedded: { [itemRel]: items }, rel };
}
