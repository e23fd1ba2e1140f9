import type { Clock } from '../../clock.ts';
import type { AccessLevel } from '../upstreams/platform/behaviour.ts';
import { usualMeetingBehaviour, type MeetingBehaviour } from './behaviour.ts';
import { Meeting, meetingId, type MeetingChange } from './meeting.ts';

/** Every meeting in progress, on both platforms, and how they treat their guests. */
export class Meetings {
  /** Change what is in it: `Object.assign(meetings.behaviour, { … })`. */
  readonly behaviour: MeetingBehaviour = usualMeetingBehaviour();
  readonly #clock: Clock;
  readonly #levelOf: (conferenceUri: string) => AccessLevel | undefined;
  readonly #byId = new Map<string, Meeting>();
  readonly #listeners = new Set<(change: MeetingChange) => void>();

  /** @param levelOf the level that a meeting was created with, if it was */
  constructor(clock: Clock, levelOf: (conferenceUri: string) => AccessLevel | undefined = () => undefined) {
    this.#clock = clock;
    this.#levelOf = levelOf;
  }

  /** The meetings that somebody has opened, ended ones included, oldest first. */
  get all(): Meeting[] {
    return [...this.#byId.values()];
  }

  /** The meeting of a conference, by its URI in any letter case; it opens now if nobody has joined it before. */
  open(conferenceUri: string): Meeting {
    const known = this.#byId.get(meetingId(conferenceUri));
    if (known) return known;
    const level = this.#levelOf(conferenceUri) ?? this.behaviour.accessLevel;
    const meeting = new Meeting(conferenceUri, level, {
      clock: this.#clock,
      behaviour: this.behaviour,
      changed: (change) => {
        for (const listener of this.#listeners) listener(change);
      },
    });
    this.#byId.set(meeting.id, meeting);
    return meeting;
  }

  /** An open meeting, by its id or its conference URI; ended ones are found too. */
  find(idOrUri: string): Meeting | undefined {
    return this.#byId.get(idOrUri) ?? this.#byId.get(meetingId(idOrUri));
  }

  /** Is called at once with each change in every meeting, in order. A reset keeps listeners. @returns how to stop */
  onChange(listener: (change: MeetingChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Back to the start: usual behaviour, and no meeting; their participants are not notified. */
  reset(): void {
    Object.assign(this.behaviour, usualMeetingBehaviour());
    this.#byId.clear();
  }
}
