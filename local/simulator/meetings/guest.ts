import { createHash } from 'node:crypto';

/** Who a token proves its bearer to be. */
export interface Guest {
  /** Names the participant: the same value again is the same one. */
  readonly endpoint: string;
  /** The only meeting that it may join; none for the bearer of another kind of token. */
  readonly conferenceUri: string | undefined;
}

/** What others see of an endpoint: a SIP URI, from which a session id cannot be told. */
export function participantUri(endpoint: string): string {
  if (endpoint.startsWith('sip:')) return endpoint;
  const digits = createHash('sha256').update(endpoint).digest().readUIntBE(0, 5);
  return `sip:${digits}@anonymous.invalid`;
}
