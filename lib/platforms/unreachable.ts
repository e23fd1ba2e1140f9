import { causesOf } from './causes.ts';
import type { Advice } from './examination.ts';

const refused = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'unreachable']);
const timeouts = new Set(['ETIMEDOUT', 'timeout', 'cancelled', 'AbortError', 'TimeoutError']);
const cut = new Set(['ECONNRESET', 'EPIPE']);
const nameless = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const untrusted = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO)/;

/** Why a server could not be talked to at all; undefined if it could. @param setting the one that names its host. */
export function unreachable(error: unknown, host: string, setting: string): Advice | undefined {
  const words = causesOf(error).flatMap(({ name, code }) => (code === undefined ? [name] : [code, name]));
  const has = (known: ReadonlySet<string>): boolean => words.some((word) => known.has(word));
  if (has(nameless)) {
    return {
      reason: `${host} has no address in the DNS.`,
      nextStep: `Correct ${setting}; behind a private endpoint, see to its DNS zone.`,
    };
  }
  if (words.some((word) => untrusted.test(word))) {
    return {
      reason: `${host} shows a certificate that is not trusted or not for this name.`,
      nextStep: `See what answers there, and whether a proxy looks into TLS: NODE_EXTRA_CA_CERTS takes its authority.`,
    };
  }
  if (has(refused)) {
    return {
      reason: `${host} refuses connections.`,
      nextStep: `See whether the server runs, and whether ${setting} is right.`,
    };
  }
  if (has(cut)) {
    return { reason: `${host} cuts the connection.`, nextStep: 'See whether a firewall or a proxy stands in between.' };
  }
  if (has(timeouts)) {
    return {
      reason: `${host} does not answer in time.`,
      nextStep:
        'See whether a firewall or the network rules of the service drop the requests, then run the doctor again.',
    };
  }
  return undefined;
}
