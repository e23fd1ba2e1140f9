import type { Clock } from '../../clock.ts';
import { usualMeetingBehaviour, type AccessLevel, type MeetingBehaviour } from './behaviour.ts';
import { roomId } from './conference.ts';
import { Room, type RoomChange } from './room.ts';

/** Every meeting in progress, on both platforms, and how they treat their guests. */
export class MeetingHall {
  /** Change what is in it: `Object.assign(meetings.behaviour, { … })`. */
  readonly behaviour: MeetingBehaviour = usualMeetingBehaviour();
  readonly #clock: Clock;
  readonly #levelOf: (conferenceUri: string) => AccessLevel | undefined;
  readonly #rooms = new Map<string, Room>();
  readonly #listeners = new Set<(change: RoomChange) => void>();

  /** @param levelOf the level that a meeting was created with, if it was */
  constructor(clock: Clock, levelOf: (conferenceUri: string) => AccessLevel | undefined = () => undefined) {
    this.#clock = clock;
    this.#levelOf = levelOf;
  }

  /** The rooms that somebody has opened, ended ones included, oldest first. */
  get rooms(): Room[] {
    return [...this.#rooms.values()];
  }

  /** The room of a conference, by its URI in any letter case; it opens now if nobody was there before. */
  room(conferenceUri: string): Room {
    const known = this.#rooms.get(roomId(conferenceUri));
    if (known) return known;
    const level = this.#levelOf(conferenceUri) ?? this.behaviour.accessLevel;
    const room = new Room(conferenceUri, level, {
      clock: this.#clock,
      behaviour: this.behaviour,
      changed: (change) => {
        for (const listener of this.#listeners) listener(change);
      },
    });
    this.#rooms.set(room.id, room);
    return room;
  }

  /** An open room, by its id or its conference URI; ended ones are found too. */
  find(idOrUri: string): Room | undefined {
    return this.#rooms.get(idOrUri) ?? this.#rooms.get(roomId(idOrUri));
  }

  /** Listens to what happens in every room, told at once and in order. A reset keeps listeners. @returns how to stop */
  onChange(listener: (change: RoomChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Back to the start: usual behaviour, and no room; nobody in them is told. */
  reset(): void {
    Object.assign(this.behaviour, usualMeetingBehaviour());
    this.#rooms.clear();
  }
}
