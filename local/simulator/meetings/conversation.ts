import { randomUUID } from 'node:crypto';
import type { Conversation, GuestApplication } from './application.ts';
import type { MeetingBehaviour } from './behaviour.ts';
import type { Reason, RelatedLink, UcwaEvent } from './events.ts';
import type { Meeting } from './meeting.ts';
import type { Participant, ParticipantListener, Removal } from './participant.ts';
import type { JoinRequest } from './requests.ts';
import { conversationResource, invitationResource, participantResource } from './resources.ts';

type EventContent = Omit<UcwaEvent, 'sender' | 'link'>;

/** One join of a guest: an invitation and a conversation, which change by events (ucwa.md §3.3). */
export class GuestConversation implements ParticipantListener, Conversation {
  readonly id = randomUUID().replaceAll('-', '');
  readonly request: JoinRequest;
  outcome: Conversation['outcome'] = 'Connecting';
  state: Conversation['state'] = 'Connecting';
  readonly #application: GuestApplication;
  readonly #meeting: Meeting;
  readonly #behaviour: Readonly<MeetingBehaviour>;

  constructor(
    application: GuestApplication,
    meeting: Meeting,
    request: JoinRequest,
    behaviour: Readonly<MeetingBehaviour>,
  ) {
    this.#application = application;
    this.#meeting = meeting;
    this.request = request;
    this.#behaviour = behaviour;
  }

  get self(): string {
    return `${this.#application.self}/communication/conversations/${this.id}`;
  }

  get invitation(): string {
    return `${this.#application.self}/communication/invitations/${this.id}`;
  }

  get conferenceUri(): string {
    return this.request.onlineMeetingUri ?? this.#meeting.conferenceUri;
  }

  get endpoint(): string {
    return this.#application.details.guest.endpoint;
  }

  get participants(): Participant[] {
    return this.state === 'Conferenced' ? this.#meeting.roster.filter(({ state }) => state === 'connected') : [];
  }

  /** Joins the meeting or its lobby. */
  join(): void {
    if (this.#sendsAllEvents) {
      this.#sendInvitation({ type: 'started' });
      this.#sendConversation('added');
    }
    this.#meeting.join({ endpoint: this.endpoint, displayName: this.request.anonymousDisplayName }, this);
  }

  close(): void {
    if (this.state === 'Disconnected') return;
    this.#meeting.leave(this.endpoint, this);
    this.#disconnect(undefined);
  }

  inLobby(): void {
    this.state = 'InLobby';
    if (!this.#sendsAllEvents) return;
    this.#sendConversation('updated');
    this.#sendInvitation({ type: 'updated' });
  }

  connected(self: Participant, others: readonly Participant[]): void {
    this.state = 'Conferenced';
    this.outcome = 'Connected';
    if (this.#sendsAllEvents) {
      this.#sendConversation('updated');
      this.#sendParticipant('localParticipant', self, 'added');
      for (const other of others) this.#sendParticipant('participant', other, 'added');
    }
    // Last: by then the participant is in the roster, as the documents say.
    this.#sendInvitation({ type: 'completed', status: 'Success' });
  }

  removed(removal: Removal): void {
    this.#disconnect(this.#reason(removal));
  }

  /** Not urgent, so that many guests who join at once do not cause an answer each. */
  othersChanged(change: 'added' | 'updated' | 'deleted', other: Participant): void {
    if (this.#sendsAllEvents) this.#sendParticipant('participant', other, change, { urgent: false });
  }

  get #sendsAllEvents(): boolean {
    return this.#behaviour.joinEvents === 'usual';
  }

  #disconnect(reason: Reason | undefined): void {
    this.state = 'Disconnected';
    if (this.outcome === 'Connecting') {
      this.outcome = 'Failed';
      this.#sendInvitation({ type: 'completed', status: 'Failure', reason: reason ?? this.#reason('Canceled') });
    }
    this.#sendConversation('deleted', reason);
  }

  #reason(usual: Removal | 'Canceled'): Reason {
    const subcode = this.#behaviour.reasonSubcode ?? usual;
    // The code that was seen with every failure of this kind (ucwa.md §3.3).
    const reason = { code: 'RemoteFailure', message: 'The participant is not in the meeting.' };
    return subcode === '' ? reason : { ...reason, subcode };
  }

  #sendInvitation(event: EventContent): void {
    const link = { rel: 'onlineMeetingInvitation', href: this.invitation };
    this.#send(this.#communication, link, { ...event, _embedded: { [link.rel]: invitationResource(this) } });
  }

  #sendConversation(type: 'added' | 'updated' | 'deleted', reason?: Reason): void {
    const link = { rel: 'conversation', href: this.self };
    const embedded = type !== 'deleted' && { _embedded: { conversation: conversationResource(this) } };
    this.#send(this.#communication, link, { type, ...(reason && { reason }), ...embedded });
  }

  /** Only the guest's own resource is in the event; the resources of the others can be read. */
  #sendParticipant(
    rel: 'localParticipant' | 'participant',
    participant: Participant,
    type: 'added' | 'updated' | 'deleted',
    options = { urgent: true },
  ): void {
    const link = { rel, href: `${this.self}/participants/${participant.id}`, title: participant.displayName };
    const inParticipants = { in: { rel: 'participants', href: `${this.self}/participants` } };
    const isOwn = rel === 'localParticipant';
    const embedded = isOwn && { _embedded: { localParticipant: participantResource(this, participant) } };
    this.#send({ rel: 'conversation', href: this.self }, link, { ...inParticipants, type, ...embedded }, options);
  }

  get #communication(): RelatedLink {
    return { rel: 'communication', href: `${this.#application.self}/communication` };
  }

  #send(sender: RelatedLink, link: RelatedLink, event: EventContent, options = { urgent: true }): void {
    this.#application.channel.push({ sender, link, ...event }, options);
  }
}
