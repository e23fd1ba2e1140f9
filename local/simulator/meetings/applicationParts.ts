import { jsonAnswer, type Answer } from '../http/exchange.ts';
import type { GuestApplication } from './application.ts';
import {
  applicationResource,
  collection,
  communicationResource,
  conversationResource,
  invitationResource,
  meResource,
  participantResource,
} from './resources.ts';
import { noContent, ucwaError } from '../http/ucwaAnswers.ts';

/** Answers for an application's other resources, which a client reads after it has missed events. */
export function applicationPart(method: string, below: string, application: GuestApplication): Answer {
  // For anonymous users there is no presence to be seen by others (ucwa.md §3.1, ucwa.md §3.2).
  if (/^(me\/)?(makemeavailable|reportmyactivity)$/.test(below)) {
    return method === 'POST' ? ucwaError(403, 'AnonymousNotAllowed') : ucwaError(405);
  }
  if (below === 'me/presence') return ucwaError(409, 'MakeMeAvailableRequired');
  const [, conversationId, rest] = /^communication\/conversations\/([^/]+)(?:\/(.*))?$/.exec(below) ?? [];
  if (conversationId !== undefined) return conversationPart(method, conversationId, rest ?? '', application);

  const resource = readable(below, application);
  if (resource === undefined) return ucwaError(404);
  return method === 'GET' ? jsonAnswer(200, resource) : ucwaError(405);
}

function readable(below: string, application: GuestApplication): object | undefined {
  const { self, conversations } = application;
  if (below === '') return applicationResource(application);
  if (below === 'me') return meResource(application);
  if (below === 'communication') return communicationResource(application);
  if (below === 'communication/conversations') {
    const active = [...conversations.values()].filter(({ state }) => state !== 'Disconnected');
    return collection(`${self}/${below}`, 'conversations', 'conversation', active.map(conversationResource));
  }
  const conversation = conversations.get(/^communication\/invitations\/([^/]+)$/.exec(below)?.[1] ?? '');
  return conversation && invitationResource(conversation);
}

function conversationPart(method: string, id: string, rest: string, { conversations }: GuestApplication): Answer {
  const conversation = conversations.get(id);
  if (!conversation || conversation.state === 'Disconnected') return ucwaError(404, 'ConversationNotFound');
  if (rest === '' && method === 'DELETE') {
    conversation.close();
    return noContent;
  }
  if (method !== 'GET') return ucwaError(405);
  if (rest === '') return jsonAnswer(200, conversationResource(conversation));

  const shown = (participant: (typeof conversation.participants)[number]) =>
    participantResource(conversation, participant);
  if (rest === 'participants') {
    const resources = conversation.participants.map(shown);
    return jsonAnswer(200, collection(`${conversation.self}/participants`, 'participants', 'participant', resources));
  }
  const participant = conversation.participants.find((one) => rest === `participants/${one.id}`);
  return participant ? jsonAnswer(200, shown(participant)) : ucwaError(404);
}
