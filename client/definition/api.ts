// Written by `npm run client:types` from lib/contract: change the endpoints and schemas there.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Guest: {
      /** @description Identifies the guest. It is no secret. */
      guestId: string;
      /**
       * @description A removed guest gets no more tokens.
       * @enum {string}
       */
      state: 'active' | 'removed';
      /** @description The platform of the guest's meeting. */
      platform: string;
      /**
       * Format: date-time
       * @description When the first token was requested.
       */
      createdAt: string;
      /**
       * Format: date-time
       * @description When the last token was requested.
       */
      lastTokenAt: string;
      /**
       * Format: date-time
       * @description No token of this guest is valid after this time.
       */
      tokensValidUntil: string;
      /** @description How many tokens were requested after the first. */
      rejoinCount: number;
      /**
       * Format: date-time
       * @description After this time the service does not know the guest any more.
       */
      expiresAt: string;
    };
    IssueRequest: {
      /**
       * Format: uri
       * @description The https join URL of the meeting, as in its invitation.
       */
      meetingUrl: string;
      /** @description Web origins that may use the token, such as https://www.contoso.com. */
      allowedOrigins?: string[];
      /** @description Identifies one guest in one meeting. It is a secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId?: string;
    };
    RejoinToken: {
      /** @description Identifies one guest in one meeting. It is a secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId: string;
      /** @description Identifies the guest. It is no secret. */
      guestId: string;
      /**
       * Format: uri
       * @description The join URL of the meeting, as the caller gave it.
       */
      meetingUrl: string;
      /** @description The platform of the guest's meeting. */
      platform: string;
      /** @description The anonymous token. The guest's app sends it to the platform after 'Bearer '. */
      token: string;
      /**
       * @description The authentication scheme of the token.
       * @constant
       */
      tokenType: 'Bearer';
      /**
       * Format: date-time
       * @description When the token expires.
       */
      expiryTime: string;
      /**
       * Format: uri
       * @description The URL that the guest's app calls first, on the Skype platforms. Use it unchanged.
       */
      discoverUrl?: string;
      /** @description The URL at which the guest's app creates its application, if the platform gives it. */
      applicationsUrl?: string;
      /** @description The SIP URI of the conference, if the platform gives it. */
      conferenceUri?: string;
      /** @description Whether the meeting sees the same participant as with earlier tokens of the guest. */
      identityPreserved: boolean;
      /** @description How many tokens were requested after the first. */
      rejoinCount: number;
    };
    RejoinRequest: {
      /** @description Identifies one guest in one meeting. It is a secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId: string;
      /** @description Web origins that may use the token, such as https://www.contoso.com. */
      allowedOrigins?: string[];
    };
    Removal: {
      /** @description Identifies the guest. It is no secret. */
      guestId: string;
      /**
       * Format: date-time
       * @description When the guest was removed.
       */
      removedAt: string;
      /**
       * Format: date-time
       * @description No token of this guest is valid after this time.
       */
      tokensValidUntil: string;
    };
    GuestPage: {
      /** @description The active guests of this page. More follow while the answer has a cursor, however few this page has. */
      guests: components['schemas']['Guest'][];
      /** @description The position of the next page. Send it unchanged. */
      cursor?: string;
    };
    GuestSearch: {
      /**
       * Format: uri
       * @description The https join URL of the meeting, as in its invitation.
       */
      meetingUrl: string;
      /** @description The position of the next page. Send it unchanged. */
      cursor?: string;
    };
    AnonymousToken: {
      /** @description Identifies one guest in one meeting. It is a secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId: string;
      /** @description Identifies the guest. It is no secret. */
      guestId: string;
      /**
       * Format: uri
       * @description The join URL of the meeting, as the caller gave it.
       */
      meetingUrl: string;
      /** @description The platform of the guest's meeting. */
      platform: string;
      /** @description The anonymous token. The guest's app sends it to the platform after 'Bearer '. */
      token: string;
      /**
       * @description The authentication scheme of the token.
       * @constant
       */
      tokenType: 'Bearer';
      /**
       * Format: date-time
       * @description When the token expires.
       */
      expiryTime: string;
      /**
       * Format: uri
       * @description The URL that the guest's app calls first, on the Skype platforms. Use it unchanged.
       */
      discoverUrl?: string;
      /** @description The URL at which the guest's app creates its application, if the platform gives it. */
      applicationsUrl?: string;
      /** @description The SIP URI of the conference, if the platform gives it. */
      conferenceUri?: string;
      /** @description Whether the meeting sees the same participant as with earlier tokens of the guest. */
      identityPreserved: boolean;
    };
    Meeting: {
      /**
       * Format: uri
       * @description The https join URL of the meeting. Issue tokens for it.
       */
      meetingUrl: string;
      /** @description The SIP URI of the conference, on the Skype platforms. */
      onlineMeetingUri?: string;
      /** @description Identifies the meeting among those of its organizer, on the Skype platforms. */
      conferenceId?: string;
      /** @description The SIP URI of the account that holds the meeting, on the Skype platforms. */
      organizerUri?: string;
      /**
       * Format: date-time
       * @description When the meeting expires.
       */
      expiryTime: string;
      /** @description The platform of the meeting. */
      platform: string;
    };
    MeetingRequest: {
      /** @description The platform of the meeting. Default: the first configured one that creates meetings. */
      platform?: string;
      /** @description What the meeting is about. */
      subject?: string;
      /** @description More about the meeting. */
      description?: string;
      /**
       * @description Who joins without waiting in the lobby. Everyone includes guests.
       * @enum {string}
       */
      accessLevel?: 'None' | 'SameEnterprise' | 'Locked' | 'Invited' | 'Everyone';
      /**
       * @description Who becomes a presenter without being one of the leaders.
       * @enum {string}
       */
      automaticLeaderAssignment?: 'Disabled' | 'SameEnterprise' | 'Everyone';
      /**
       * @description Whether arrivals and departures are announced.
       * @enum {string}
       */
      entryExitAnnouncement?: 'Unsupported' | 'Disabled' | 'Enabled';
      /**
       * @description Whether people who join by phone skip the lobby.
       * @enum {string}
       */
      lobbyBypassForPhoneUsers?: 'Disabled' | 'Enabled';
      /**
       * @description Whether people may join by phone.
       * @enum {string}
       */
      phoneUserAdmission?: 'Disabled' | 'Enabled';
      /** @description Members of the organisation who are invited. */
      attendees?: string[];
      /** @description Members of the organisation who are presenters. */
      leaders?: string[];
      /**
       * Format: date-time
       * @description When the meeting expires: at most ten years ahead. Without it the platform sets 8 hours.
       */
      expirationTime?: string;
    };
    Preflight: {
      /**
       * @description pass: a join will work; warn: it may; fail: it will not.
       * @enum {string}
       */
      status: 'pass' | 'warn' | 'fail';
      /** @description The meeting platform that the link belongs to. */
      platform?: string;
      /**
       * @description The state of the session, if one was sent. active: it belongs to a guest of this meeting.
       * @enum {string}
       */
      session?: 'new' | 'active' | 'removed' | 'other-meeting';
      /** @description Why a join may not work. Empty for pass. */
      reasons: {
        /**
         * @description A stable code of the reason.
         * @enum {string}
         */
        code:
          | 'meeting-url-malformed'
          | 'meeting-url-incomplete'
          | 'meeting-url-not-supported'
          | 'origin-not-allowed'
          | 'guest-removed'
          | 'session-bound-to-another-meeting'
          | 'platform-failing'
          | 'platform-degraded'
          | 'platform-not-checked'
          | 'secrets-failing';
        /**
         * @description fail: a join will not work; warn: it may not.
         * @enum {string}
         */
        status: 'warn' | 'fail';
        /** @description What is wrong. */
        detail: string;
        /** @description Who can do what about it. */
        nextStep: string;
      }[];
    };
    PreflightRequest: {
      /** @description The join URL as the customer got it. */
      meetingUrl: string;
      /** @description Web origins that may use the token, such as https://www.contoso.com. */
      allowedOrigins?: string[];
      /** @description Identifies one guest in one meeting. It is a secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId?: string;
    };
    HealthChange: {
      /**
       * @description What happened.
       * @constant
       */
      event: 'discovery-health-changed';
      /**
       * @description The status from now on.
       * @enum {string}
       */
      status: 'pass' | 'warn' | 'fail';
      /**
       * @description The status before.
       * @enum {string}
       */
      previous: 'pass' | 'warn' | 'fail';
      /**
       * Format: date-time
       * @description When the change was confirmed.
       */
      checkedAt: string;
      /** @description The last check of every part of the service. */
      checks: {
        /** @description A meeting platform, 'synthetic-join', 'secrets' or 'callers'. */
        name: string;
        /**
         * @description The worst of its steps.
         * @enum {string}
         */
        status: 'pass' | 'warn' | 'fail';
        /** @description The first step that is not pass. */
        failing?: string;
        /** @description What the administrator can do about it. */
        action?: string;
      }[];
    };
    HealthReport: {
      /**
       * @description The status of the service.
       * @enum {string}
       */
      status: 'pass' | 'warn' | 'fail';
      /**
       * Format: date-time
       * @description The oldest of the last checks.
       */
      checkedAt?: string;
      /** @description The last check of every part. */
      checks: {
        /** @description A meeting platform, 'synthetic-join', 'secrets' or 'callers'. */
        name: string;
        /**
         * @description The worst of its steps.
         * @enum {string}
         */
        status: 'pass' | 'warn' | 'fail';
        /**
         * Format: date-time
         * @description When it was checked.
         */
        checkedAt: string;
        /**
         * Format: date-time
         * @description When it will be checked next.
         */
        nextDueAt: string;
        /** @description The steps of the check, in their order. */
        steps: {
          /** @description What was tried. */
          name: string;
          /**
           * @description How it went; warn also stands for more than 2 s.
           * @enum {string}
           */
          outcome: 'pass' | 'warn' | 'fail';
          /** @description How long it took, in milliseconds. */
          latencyMs: number;
          /** @description What the administrator can do about it. */
          action?: string;
        }[];
      }[];
    };
    HealthStatus: {
      /**
       * @description The status of the service.
       * @enum {string}
       */
      status: 'pass' | 'warn' | 'fail';
      /**
       * Format: date-time
       * @description The oldest of the last checks.
       */
      checkedAt?: string;
    };
    HealthSubscription: {
      /** @description Identifies the subscription. */
      subscriptionId: string;
      /**
       * Format: date-time
       * @description When the subscription was created.
       */
      createdAt: string;
    };
    HealthSubscriptionRequest: {
      /**
       * Format: uri
       * @description The https URL that changes are posted to, on a host that the administrator has configured.
       */
      callbackUrl: string;
    };
    HealthUnsubscription: {
      /** @description Identifies the subscription. */
      subscriptionId: string;
      /**
       * Format: date-time
       * @description When the subscription was ended.
       */
      removedAt: string;
    };
    Problem: {
      /** @description The kind of problem as a relative URI. */
      type: string;
      /** @description The kind of problem in words. */
      title: string;
      /** @description The HTTP status. */
      status: number;
      /** @description What to do next. */
      detail: string;
      /** @description Identifies this occurrence in the logs. */
      instance: string;
      /**
       * @description A stable code of the kind of problem.
       * @enum {string}
       */
      code:
        | 'invalid-request'
        | 'unsupported-media-type'
        | 'payload-too-large'
        | 'meeting-url-not-supported'
        | 'origin-not-allowed'
        | 'caller-unauthenticated'
        | 'caller-not-allowed'
        | 'guest-not-found'
        | 'guest-removed'
        | 'session-bound-to-another-meeting'
        | 'request-in-progress'
        | 'idempotency-key-reused'
        | 'callback-not-allowed'
        | 'subscription-not-found'
        | 'too-many-subscriptions'
        | 'too-many-requests'
        | 'capability-missing'
        | 'platform-refused'
        | 'platform-unavailable'
        | 'platform-timeout'
        | 'storage-unavailable'
        | 'secrets-unavailable'
        | 'configuration-invalid'
        | 'internal';
      /**
       * @description Why the platform refused.
       * @enum {string}
       */
      reason?:
        | 'not-registered-or-consented'
        | 'meeting-rejected'
        | 'credentials-rejected'
        | 'organizer-homed-online'
        | 'answer-unusable';
      /** @description Send this id again to continue as the same guest. */
      applicationSessionId?: string;
      /** @description Every mistake in the request. */
      errors?: {
        /** @description A JSON pointer into the body, or the name of a parameter. */
        pointer: string;
        /** @description What is wrong there. */
        detail: string;
      }[];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type Guest = components['schemas']['Guest'];
export type IssueRequest = components['schemas']['IssueRequest'];
export type RejoinToken = components['schemas']['RejoinToken'];
export type RejoinRequest = components['schemas']['RejoinRequest'];
export type Removal = components['schemas']['Removal'];
export type GuestPage = components['schemas']['GuestPage'];
export type GuestSearch = components['schemas']['GuestSearch'];
export type AnonymousToken = components['schemas']['AnonymousToken'];
export type Meeting = components['schemas']['Meeting'];
export type MeetingRequest = components['schemas']['MeetingRequest'];
export type Preflight = components['schemas']['Preflight'];
export type PreflightRequest = components['schemas']['PreflightRequest'];
export type HealthChange = components['schemas']['HealthChange'];
export type HealthReport = components['schemas']['HealthReport'];
export type HealthStatus = components['schemas']['HealthStatus'];
export type HealthSubscription = components['schemas']['HealthSubscription'];
export type HealthSubscriptionRequest = components['schemas']['HealthSubscriptionRequest'];
export type HealthUnsubscription = components['schemas']['HealthUnsubscription'];
export type Problem = components['schemas']['Problem'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
