import { endpoints, type EndpointDefinition } from '../../lib/contract/endpoints.ts';

/** How prominently the designer shows something. Without it, the designer shows it normally. */
export type Visibility = 'important' | 'advanced' | 'internal';

/** An endpoint as an operation of the connector. */
export interface Operation {
  readonly endpoint: EndpointDefinition;
  readonly visibility?: Visibility;
  /** Instead of the endpoint's description, where a flow maker needs another one. */
  readonly description?: string;
  /** How to see the trigger work. An operation that has one is a trigger. */
  readonly triggerHint?: string;
}

/** The operations, in the order in which a flow maker meets them. The endpoints for monitors and tools are left out. */
export const operations: readonly Operation[] = [
  { endpoint: endpoints.createMeeting, visibility: 'important' },
  { endpoint: endpoints.preflightJoin },
  { endpoint: endpoints.issueAnonymousToken, visibility: 'important' },
  { endpoint: endpoints.issueRejoinToken, visibility: 'important' },
  { endpoint: endpoints.searchGuests },
  { endpoint: endpoints.getGuest },
  { endpoint: endpoints.removeGuest },
  { endpoint: endpoints.getHealth, visibility: 'advanced' },
  {
    endpoint: endpoints.subscribeToHealth,
    visibility: 'important',
    description:
      "This operation triggers when the status of the service's health changes and a second check confirms it.",
    triggerHint: 'To see it work, let the administrator of a test deployment make two checks in a row fail.',
  },
  // Called when the flow is changed, turned off or deleted.
  { endpoint: endpoints.unsubscribeFromHealth, visibility: 'internal' },
];
