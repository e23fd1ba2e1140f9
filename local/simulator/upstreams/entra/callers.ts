import { randomBytes } from 'node:crypto';

/** The registration of our own service in Entra: what callers ask tokens for. */
export const apiClientId = '8e4b7d20-0000-4000-8000-0000000000a1';
/** Its application id URI. */
export const apiAudience = `api://${apiClientId}`;

/** The form of access tokens: what `requestedAccessTokenVersion` of the registration asks for. */
export type AccessTokenVersion = '1.0' | '2.0';

/** An application of the tenant that calls our service, with what it proves itself with at the token endpoint. */
export interface CallerApplication {
  readonly clientId: string;
  /** The object id of its service principal, which is another one than the client id. */
  readonly objectId: string;
  readonly secret: string;
}

/** Somebody who is signed in, and in whose name an application calls. */
export interface EntraUser {
  readonly name: string;
  readonly userName: string;
  readonly objectId: string;
}

/** A user of the tenant. */
export const advisor: EntraUser = {
  name: 'Ada Advisor',
  userName: 'ada@contoso.example',
  objectId: 'ada00000-0000-4000-8000-0000000000d1',
};

/** An advisor's app, the registration behind a Power Automate connection, and one that is not allowed to call. */
export type CallerName = 'advisorApp' | 'flowConnector' | 'stranger';

/** The callers, each with a secret made anew. */
export function makeCallers(): Readonly<Record<CallerName, CallerApplication>> {
  const make = (number: number): CallerApplication => ({
    clientId: `c0ffee0${number}-0000-4000-8000-0000000000c2`,
    objectId: `0b1ec70${number}-0000-4000-8000-0000000000c3`,
    secret: randomBytes(24).toString('base64url'),
  });
  return { advisorApp: make(1), flowConnector: make(2), stranger: make(3) };
}

/**
 * The resource that a scope of the token endpoint names, as far as it is our service: by its URI or its bare client id.
 */
export function isOurApi(resource: string): boolean {
  return [apiAudience, apiClientId].includes(resource.toLowerCase());
}
