import { doors, type Door } from '../../lib/http/doors.ts';

/** How prominently the designer shows something; without it, normally. */
export type Visibility = 'important' | 'advanced' | 'internal';

/** A door as an operation of the connector. */
export interface Operation {
  readonly door: Door;
  readonly visibility?: Visibility;
  /** Instead of the door's description, where a flow maker needs another one. */
  readonly description?: string;
  /** How to see the trigger work; makes the operation one. */
  readonly triggerHint?: string;
}

/** The operations, in the order in which a flow maker meets them. The doors for monitors and tools are left out. */
export const operations: readonly Operation[] = [
  { door: doors.createMeeting, visibility: 'important' },
  { door: doors.preflightJoin },
  { door: doors.issueAnonymousToken, visibility: 'important' },
  { door: doors.issueRejoinToken, visibility: 'important' },
  { door: doors.searchGuests },
  { door: doors.getGuest },
  { door: doors.removeGuest },
  { door: doors.getHealth, visibility: 'advanced' },
  {
    door: doors.subscribeToHealth,
    visibility: 'important',
    description:
      'This operation triggers when the verdict on the health of the service changes and a second check confirms it.',
    triggerHint: 'To see it work, let the administrator of a test deployment make two checks in a row fail.',
  },
  // Called when the flow is changed, turned off or deleted.
  { door: doors.unsubscribeFromHealth, visibility: 'internal' },
];
