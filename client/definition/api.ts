// Written by `npm run client:types` from lib/http: change the schemas or the doors there.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Guest: {
      /** @description Names the guest without being a secret. */
      guestId: string;
      /**
       * @description A removed guest gets no more tokens.
       * @enum {string}
       */
      state: 'active' | 'removed';
      /** @description The meeting platform that the guest joins on. */
      platform: string;
      /**
       * Format: date-time
       * @description When the first token was asked for.
       */
      createdAt: string;
      /**
       * Format: date-time
       * @description When the last token was asked for.
       */
      lastTokenAt: string;
      /**
       * Format: date-time
       * @description No token of this guest is valid for longer.
       */
      tokensValidUntil: string;
      /** @description How many tokens were asked for after the first. */
      rejoinCount: number;
      /**
       * Format: date-time
       * @description When the guest is forgotten.
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
      /** @description Names one guest in one meeting. A secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId?: string;
    };
    RejoinToken: {
      /** @description Names one guest in one meeting. A secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId: string;
      /** @description Names the guest without being a secret. */
      guestId: string;
      /**
       * Format: uri
       * @description The join URL as it was first given.
       */
      meetingUrl: string;
      /** @description The meeting platform that the guest joins on. */
      platform: string;
      /** @description The anonymous token. It goes behind 'Bearer ' in the guest's calls to the platform. */
      token: string;
      /**
       * @description How the token is used.
       * @constant
       */
      tokenType: 'Bearer';
      /**
       * Format: date-time
       * @description When the token ends.
       */
      expiryTime: string;
      /**
       * Format: uri
       * @description Where the guest's app begins on the Skype platforms; opaque, to be used as it is.
       */
      discoverUrl?: string;
      /** @description Where the guest creates its application, where the platform says so. */
      applicationsUrl?: string;
      /** @description The SIP URI of the conference, where the platform says so. */
      conferenceUri?: string;
      /** @description Whether this is the participant that earlier tokens of the guest were for. */
      identityPreserved: boolean;
      /** @description How many tokens were asked for after the first. */
      rejoinCount: number;
    };
    RejoinRequest: {
      /** @description Names one guest in one meeting. A secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId: string;
      /** @description Web origins that may use the token, such as https://www.contoso.com. */
      allowedOrigins?: string[];
    };
    Removal: {
      /** @description Names the guest without being a secret. */
      guestId: string;
      /**
       * Format: date-time
       * @description When the guest was removed.
       */
      removedAt: string;
      /**
       * Format: date-time
       * @description No token of this guest is valid for longer.
       */
      tokensValidUntil: string;
    };
    GuestPage: {
      /** @description The active guests of this page, which may be short. */
      guests: components['schemas']['Guest'][];
      /** @description Where the next page begins. */
      cursor?: string;
    };
    GuestSearch: {
      /**
       * Format: uri
       * @description The https join URL of the meeting, as in its invitation.
       */
      meetingUrl: string;
      /** @description Where the next page begins. */
      cursor?: string;
    };
    AnonymousToken: {
      /** @description Names one guest in one meeting. A secret of the caller and the guest: keep it out of URLs and logs. */
      applicationSessionId: string;
      /** @description Names the guest without being a secret. */
      guestId: string;
      /**
       * Format: uri
       * @description The join URL as it was first given.
       */
      meetingUrl: string;
      /** @description The meeting platform that the guest joins on. */
      platform: string;
      /** @description The anonymous token. It goes behind 'Bearer ' in the guest's calls to the platform. */
      token: string;
      /**
       * @description How the token is used.
       * @constant
       */
      tokenType: 'Bearer';
      /**
       * Format: date-time
       * @description When the token ends.
       */
      expiryTime: string;
      /**
       * Format: uri
       * @description Where the guest's app begins on the Skype platforms; opaque, to be used as it is.
       */
      discoverUrl?: string;
      /** @description Where the guest creates its application, where the platform says so. */
      applicationsUrl?: string;
      /** @description The SIP URI of the conference, where the platform says so. */
      conferenceUri?: string;
      /** @description Whether this is the participant that earlier tokens of the guest were for. */
      identityPreserved: boolean;
    };
    Meeting: {
      /**
       * Format: uri
       * @description The https join URL: what a guest is given a token for.
       */
      meetingUrl: string;
      /** @description The SIP URI of the conference, on the Skype platforms. */
      onlineMeetingUri?: string;
      /** @description Names the meeting at its organizer, on the Skype platforms. */
      conferenceId?: string;
      /** @description The SIP URI of the account that holds the meeting, on the Skype platforms. */
      organizerUri?: string;
      /**
       * Format: date-time
       * @description When the meeting ends to exist.
       */
      expiryTime: string;
      /** @description The meeting platform that holds it. */
      platform: string;
    };
    MeetingRequest: {
      /** @description The platform that shall hold the meeting. Default: the first configured one that creates meetings. */
      platform?: string;
      /** @description What the meeting is about. */
      subject?: string;
      /** @description More about the meeting. */
      description?: string;
      /**
       * @description Who comes in directly; all others wait in the lobby. Everyone lets guests in directly.
       * @enum {string}
       */
      accessLevel?: 'None' | 'SameEnterprise' | 'Locked' | 'Invited' | 'Everyone';
      /**
       * @description Who becomes a presenter without being named.
       * @enum {string}
       */
      automaticLeaderAssignment?: 'Disabled' | 'SameEnterprise' | 'Everyone';
      /**
       * @description Whether arrivals and departures are announced.
       * @enum {string}
       */
      entryExitAnnouncement?: 'Unsupported' | 'Disabled' | 'Enabled';
      /**
       * @description Whether callers by phone pass the lobby.
       * @enum {string}
       */
      lobbyBypassForPhoneUsers?: 'Disabled' | 'Enabled';
      /**
       * @description Whether callers by phone may join.
       * @enum {string}
       */
      phoneUserAdmission?: 'Disabled' | 'Enabled';
      /** @description Members of the organisation who are invited. */
      attendees?: string[];
      /** @description Members of the organisation who are presenters. */
      leaders?: string[];
      /**
       * Format: date-time
       * @description When the meeting ends to exist: at most ten years ahead; by default the platform takes 8 hours.
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
       * @description What the session is, if one was sent: of a new guest, of this meeting, removed, of another meeting.
       * @enum {string}
       */
      session?: 'new' | 'active' | 'removed' | 'other-meeting';
      /** @description Why a join may not work; empty if nothing speaks against it. */
      reasons: {
        /**
         * @description The reason for programs; stable.
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
         * @description fail: for this reason a join will not work.
         * @enum {string}
         */
        status: 'warn' | 'fail';
        /** @description What is wrong. */
        detail: string;
        /** @description What to do about it, and who. */
        nextStep: string;
      }[];
    };
    PreflightRequest: {
      /** @description The join URL as it was sent. */
      meetingUrl: string;
      /** @description Web origins that may use the token, such as https://www.contoso.com. */
      allowedOrigins?: string[];
      /** @description Names one guest in one meeting. A secret of the caller and the guest: keep it out of URLs and logs. */
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
      /** @description Every part of the service. */
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
        /** @description What was tried, one after the other. */
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
      /** @description Names the subscription. */
      subscriptionId: string;
      /**
       * Format: date-time
       * @description When it was subscribed.
       */
      createdAt: string;
    };
    HealthSubscriptionRequest: {
      /**
       * Format: uri
       * @description Where changes are posted to: https, on a host that the administrator has configured.
       */
      callbackUrl: string;
    };
    HealthUnsubscription: {
      /** @description Names the subscription. */
      subscriptionId: string;
      /**
       * Format: date-time
       * @description When it was ended.
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
      /** @description Names this occurrence for the administrator. */
      instance: string;
      /**
       * @description The kind of problem for programs; stable.
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
       * @description Why the platform said no.
       * @enum {string}
       */
      reason?:
        | 'not-registered-or-consented'
        | 'meeting-rejected'
        | 'credentials-rejected'
        | 'organizer-homed-online'
        | 'answer-unusable';
      /** @description Send this id again to go on as the same guest. */
      applicationSessionId?: string;
      /** @description Every mistake in the request. */
      errors?: {
        /** @description Where in the request, as a JSON pointer. */
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
