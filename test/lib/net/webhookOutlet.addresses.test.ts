import { createHook } from 'node:async_hooks';
import { lookup as systemLookup } from 'node:dns/promises';
import { getDefaultAutoSelectFamily, isIPv6, setDefaultAutoSelectFamily } from 'node:net';
import { postToWebhook, type Lookup } from '../../../lib/net/webhookOutlet.ts';

/** Every TCP connection that this process begins, whether anybody answers or not. */
const attempts: { address?: string; port?: number }[] = [];
const connectedTo = (): string[] => attempts.map(({ address, port }) => `${address} ${port}`);
const watch = createHook({
  init: (_id, type, _trigger, attempt: object) => {
    if (type === 'TCPCONNECTWRAP') attempts.push(attempt);
  },
});

beforeAll(() => {
  watch.enable();
});

beforeEach(() => {
  attempts.length = 0;
});

afterAll(() => {
  watch.disable();
});

/** Global unicast by its range, but never assigned to anybody: a connection to it leads nowhere. */
const publicAddress = '2d00::1';
const url = new URL('https://hooks.example/workflows/1?sig=s');
const body = { event: 'discovery-health-changed' };

/** Resolves every name to the answers in turn, and keeps the names. */
function resolver(...answers: (readonly string[])[]): { lookup: Lookup; asked: string[] } {
  const asked: string[] = [];
  const lookup: Lookup = (hostname) => {
    const addresses = answers[asked.length] ?? [];
    asked.push(hostname);
    return Promise.resolve(addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })));
  };
  return { lookup, asked };
}

const post = (lookup: Lookup, timeoutMs = 200) => postToWebhook(url, body, { lookup, timeoutMs });

describe.each([
  ['the families are tried side by side', true],
  ['one address is asked for', false],
])('where %s', (_, autoSelect) => {
  const before = getDefaultAutoSelectFamily();

  beforeAll(() => {
    setDefaultAutoSelectFamily(autoSelect);
  });

  afterAll(() => {
    setDefaultAutoSelectFamily(before);
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['loopback elsewhere in its block', ['127.1.2.3']],
    ['loopback in IPv6', ['::1']],
    ['this host', ['0.0.0.0']],
    ['this host in IPv6', ['::']],
    ['a private address', ['10.0.0.1']],
    ['another private address', ['172.31.255.255']],
    ['a home network', ['192.168.0.1']],
    ['a unique local address', ['fd12:3456:789a::1']],
    ['a link-local address', ['169.254.1.1']],
    ['a link-local address in IPv6', ['fe80::1']],
    ['the metadata service', ['169.254.169.254']],
    ['Azure’s wire server', ['168.63.129.16']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['a mapped address in hexadecimal', ['::ffff:a00:1']],
    ['a mapped public address', ['::ffff:8.8.8.8']],
    ['the mapped metadata service', ['::ffff:a9fe:a9fe']],
    ['a private address behind NAT64', ['64:ff9b::a00:1']],
    ['a private address behind a network’s own NAT64', ['64:ff9b:1::a00:1']],
    ['a private address behind 6to4', ['2002:a00:1::1']],
    ['a private address behind Teredo', ['2001:0:808:808:0:3fff:f5ff:fffe']],
    ['carrier-grade NAT', ['100.64.0.1']],
    ['multicast', ['224.0.0.1']],
    ['multicast in IPv6', ['ff02::1']],
    ['broadcast', ['255.255.255.255']],
    ['documentation', ['203.0.113.1']],
    ['a public address, then a private one', [publicAddress, '10.0.0.1']],
    ['a private address, then a public one', ['10.0.0.1', publicAddress]],
    ['public addresses with the metadata service among them', [publicAddress, '169.254.169.254', '2d00::2']],
    ['something that is no address', ['hooks.internal']],
    ['nothing', []],
  ])('a name that resolves to %s is not connected to', async (_name, addresses) => {
    const { lookup, asked } = resolver(addresses);
    expect(await post(lookup)).toBe('unreachable');
    expect(asked).toEqual([url.hostname]);
    expect(connectedTo()).toEqual([]);
  });

  it('a name is resolved once a post, and the connection goes to what was vetted', async () => {
    const { lookup, asked } = resolver([publicAddress], ['127.0.0.1'], ['127.0.0.1']);
    expect(await post(lookup)).toBe('unreachable');
    expect(asked).toEqual([url.hostname]);
    expect(connectedTo()).toEqual([`${publicAddress} 443`]);
  });

  it('a name is resolved anew for the next post, and refused if it leads inside by then', async () => {
    const { lookup, asked } = resolver([publicAddress], ['127.0.0.1']);
    await post(lookup);
    expect(await post(lookup)).toBe('unreachable');
    expect(asked).toEqual([url.hostname, url.hostname]);
    expect(connectedTo()).toEqual([`${publicAddress} 443`]);
  });
});

it('localhost, as the system resolves it, is not connected to', async () => {
  const asked: string[] = [];
  const lookup: Lookup = (hostname) => {
    asked.push(hostname);
    return systemLookup('localhost', { all: true });
  };
  expect(await post(lookup, 5_000)).toBe('unreachable');
  expect(asked).toEqual([url.hostname]);
  expect(connectedTo()).toEqual([]);
});

it('a name that exists nowhere is unreachable, as the system resolves it', async () => {
  const nowhere = new URL('https://nobody.invalid/');
  expect(await postToWebhook(nowhere, body)).toBe('unreachable');
});

it('a resolver that fails, or does not answer in time, makes the webhook unreachable', async () => {
  const startedAt = performance.now();
  expect(await post(() => Promise.reject(new Error('no such name')))).toBe('unreachable');
  expect(await post(() => new Promise(() => undefined))).toBe('unreachable');
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(connectedTo()).toEqual([]);
});

it('a resolver that answers after the time is up opens no connection any more', async () => {
  let answer = (): void => undefined;
  const late = new Promise<{ address: string; family: number }[]>((resolve) => {
    answer = () => {
      resolve([{ address: publicAddress, family: 6 }]);
    };
  });
  expect(await post(() => late, 50)).toBe('unreachable');
  answer();
  await late;
  await new Promise(setImmediate);
  expect(connectedTo()).toEqual([]);
});
