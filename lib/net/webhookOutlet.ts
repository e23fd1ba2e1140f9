import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { parseAllowedUrl, parseHttpsUrl, type HostRule } from '../hostRules.ts';
import { isPublicAddress } from './publicAddress.ts';

/**
 * What became of a post. `taken`: 2xx. `gone`: 404 or 410, nobody listens there any more. `refused`: any other status,
 * redirects included. `unreachable`: no answer in time, no connection, or an address that we do not connect to.
 */
export type WebhookOutcome = 'taken' | 'gone' | 'refused' | 'unreachable';

/** {@link postToWebhook} with its options given. */
export type WebhookOutlet = (url: URL, body: object) => Promise<WebhookOutcome>;

/** Every address of a host name, as `lookup` of node:dns/promises answers it with `all`. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface WebhookOutletOptions {
  /** Development only: connect here, whatever the URL's host; TLS and the Host header still carry its name. */
  connectTo?: { readonly host: string; readonly port: number } | undefined;
  lookup?: Lookup;
  /** From the question for the address to the head of the answer. */
  timeoutMs?: number;
}

/** How long a webhook has to take a post. */
export const webhookTimeoutMs = 5_000;

/** The parsed form of a webhook's URL from outside: https on 443, on a host of `rules`; undefined otherwise. */
export function parseWebhookUrl(text: string, rules: readonly HostRule[]): URL | undefined {
  const url = parseAllowedUrl(text, rules);
  return url?.port === '' ? url : undefined;
}

/**
 * Posts JSON to a webhook once; what goes wrong on the way is an outcome, and no error has the URL in it. It is the one
 * way out to webhooks, whose URLs callers choose. So that nobody reaches our own network through it: https on
 * 443 to a DNS name, the addresses vetted in the very lookup that the connection is made from (a name cannot be
 * resolved once for the check and once for the connection), no redirects, and nothing of the answer but its status.
 * Each post has a connection of its own: a kept one would pass by the vetting of a name that has moved since.
 */
export async function postToWebhook(
  url: URL,
  body: object,
  options: WebhookOutletOptions = {},
): Promise<WebhookOutcome> {
  const { connectTo, timeoutMs = webhookTimeoutMs } = options;
  const lookup = vetted(options.lookup ?? ((hostname) => systemLookup(hostname, { all: true })));
  // Addresses in a URL are connected to without a lookup, so that nothing would vet them.
  if (parseHttpsUrl(url.href)?.port !== '') return 'unreachable';
  const text = JSON.stringify(body);
  return new Promise((resolve) => {
    const request = https.request({
      // No name is resolved for the local cloud: its hosts exist nowhere, and its address is loopback by design.
      ...(connectTo ?? { host: url.hostname, port: 443, lookup }),
      path: url.pathname + url.search,
      method: 'POST',
      servername: url.hostname,
      headers: {
        host: url.host,
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
      },
      agent: false,
    });
    const settle = (outcome: WebhookOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      request.destroy();
    };
    const giveUp = (): void => {
      settle('unreachable');
    };
    const timer = setTimeout(giveUp, timeoutMs);
    request.on('error', giveUp);
    // Not every end is an error: an answer that changes to another protocol only closes the request.
    request.on('close', giveUp);
    request.on('response', ({ statusCode = 0 }) => {
      settle(outcomeOf(statusCode));
    });
    request.end(text);
  });
}

function outcomeOf(status: number): WebhookOutcome {
  if (status >= 200 && status < 300) return 'taken';
  return status === 404 || status === 410 ? 'gone' : 'refused';
}

/** One address that is not public refuses the name: it is an attack or a mistake, and any of them may be tried first. */
function vetted(lookup: Lookup): LookupFunction {
  // node:net asks for all addresses where it may choose between the families, and for one elsewhere.
  return (hostname, { all }, answer) => {
    const refuse = (): void => {
      answer(new Error('no public address'), '');
    };
    lookup(hostname).then((addresses) => {
      const [first] = addresses;
      // No address at all must not get through: node:net reads the first one unasked, which ends the process.
      if (!first || !addresses.every(({ address }) => isPublicAddress(address))) refuse();
      else if (all) answer(null, [...addresses]);
      else answer(null, first.address, first.family);
    }, refuse);
  };
}
