import { randomUUID } from 'node:crypto';
import type { GuestApplication } from './application.ts';
import type { MeetingBehaviour } from './behaviour.ts';
import type { Reason, RelatedLink, UcwaEvent } from './events.ts';
import type { JoinRequest } from './joinRequest.ts';
import type { Participant, Removal, Seat } from './participant.ts';
import { conversationResource, invitationResource, participantResource } from './resources.ts';
import type { Room } from './room.ts';
import type { Stay } from './stay.ts';

type Told = Omit<UcwaEvent, 'sender' | 'link'>;

/** One guest's way into a meeting and its stay there: an invitation and a conversation, told by events (§3.3). */
export class Conversation implements Seat, Stay {
  readonly id = randomUUID().replaceAll('-', '');
  readonly request: JoinRequest;
  outcome: Stay['outcome'] = 'Connecting';
  state: Stay['state'] = 'Connecting';
  readonly #application: GuestApplication;
  readonly #room: Room;
  readonly #behaviour: Readonly<MeetingBehaviour>;

  constructor(application: GuestApplication, room: Room, request: JoinRequest, behaviour: Readonly<MeetingBehaviour>) {
    this.#application = application;
    this.#room = room;
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
    return this.request.onlineMeetingUri ?? this.#room.conferenceUri;
  }

  get endpoint(): string {
    return this.#application.details.guest.endpoint;
  }

  get participants(): Participant[] {
    return this.state === 'Conferenced' ? this.#room.roster.filter(({ state }) => state === 'connected') : [];
  }

  /** Goes in, or to the lobby. */
  join(): void {
    if (this.#isTold) {
      this.#tellInvitation({ type: 'started' });
      this.#tellConversation('added');
    }
    this.#room.join({ endpoint: this.endpoint, displayName: this.request.anonymousDisplayName }, this);
  }

  close(): void {
    if (this.state === 'Disconnected') return;
    this.#room.leave(this.endpoint, this);
    this.#disconnect(undefined);
  }

  waiting(): void {
    this.state = 'InLobby';
    if (!this.#isTold) return;
    this.#tellConversation('updated');
    this.#tellInvitation({ type: 'updated' });
  }

  connected(self: Participant, others: readonly Participant[]): void {
    this.state = 'Conferenced';
    this.outcome = 'Connected';
    if (this.#isTold) {
      this.#tellConversation('updated');
      this.#tellParticipant('localParticipant', self, 'added');
      for (const other of others) this.#tellParticipant('participant', other, 'added');
    }
    // Last, as promised: the participant is in the roster by now.
    this.#tellInvitation({ type: 'completed', status: 'Success' });
  }

  removed(removal: Removal): void {
    this.#disconnect(this.#reason(removal));
  }

  /** It can wait, so that many guests who come at once do not make a storm of answers. */
  othersChanged(change: 'added' | 'updated' | 'deleted', other: Participant): void {
    if (this.#isTold) this.#tellParticipant('participant', other, change, { urgent: false });
  }

  get #isTold(): boolean {
    return this.#behaviour.joinEvents === 'usual';
  }

  #disconnect(reason: Reason | undefined): void {
    this.state = 'Disconnected';
    if (this.outcome === 'Connecting') {
      this.outcome = 'Failed';
      this.#tellInvitation({ type: 'completed', status: 'Failure', reason: reason ?? this.#reason('Canceled') });
    }
    this.#tellConversation('deleted', reason);
  }

  #reason(usual: Removal | 'Canceled'): Reason {
    const subcode = this.#behaviour.reasonSubcode ?? usual;
    // The code that was seen with every failure of this kind (§3.3).
    const reason = { code: 'RemoteFailure', message: 'The participant is not in the meeting.' };
    return subcode === '' ? reason : { ...reason, subcode };
  }

  #tellInvitation(event: Told): void {
    const link = { rel: 'onlineMeetingInvitation', href: this.invitation };
    this.#tell(this.#communication, link, { ...event, _embedded: { [link.rel]: invitationResource(this) } });
  }

  #tellConversation(type: 'added' | 'updated' | 'deleted', reason?: Reason): void {
    const link = { rel: 'conversation', href: this.self };
    const embedded = type !== 'deleted' && { _embedded: { conversation: conversationResource(this) } };
    this.#tell(this.#communication, link, { type, ...(reason && { reason }), ...embedded });
  }

  /** Only the guest's own resource comes along: whoever wants to know more of the others reads them. */
  #tellParticipant(
    rel: 'localParticipant' | 'participant',
    participant: Participant,
    type: 'added' | 'updated' | 'deleted',
    options = { urgent: true },
  ): void {
    const link = { rel, href: `${this.self}/participants/${participant.id}`, title: participant.displayName };
    const inParticipants = { in: { rel: 'participants', href: `${this.self}/participants` } };
    const isOwn = rel === 'localParticipant';
    const embedded = isOwn && { _embedded: { localParticipant: participantResource(this, participant) } };
    this.#tell({ rel: 'conversation', href: this.self }, link, { ...inParticipants, type, ...embedded }, options);
  }

  get #communication(): RelatedLink {
    return { rel: 'communication', href: `${this.#application.self}/communication` };
  }

  #tell(sender: RelatedLink, link: RelatedLink, event: Told, options = { urgent: true }): void {
    this.#application.channel.push({ sender, link, ...event }, options);
  }
}
