import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { makeCertificates, type Certificates } from '../../local/certificates.ts';

const name = 'login.example.test';
let certificates: Certificates;
const servers: { close: () => void }[] = [];

beforeAll(async () => {
  certificates = await makeCertificates([name]);
});
afterAll(() => {
  for (const server of servers) server.close();
});

/** Calls a server that has the certificate; resolves to the host name of a connection that was authorised. */
async function call(hostname: string, ca: string | undefined): Promise<string> {
  const { cert, key } = certificates;
  const server = createServer({ cert, key }, (_, response) => response.end('ok'));
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ host: '127.0.0.1', servername: hostname, port, agent: false, ...(ca && { ca }) });
  outgoing.end();
  await once(outgoing, 'response');
  return (outgoing.socket as TLSSocket).authorized ? hostname : 'not authorised';
}

it.each([name, 'localhost', '127.0.0.1'])('are good for %s', async (hostname) => {
  expect(await call(hostname === '127.0.0.1' ? '' : hostname, certificates.ca)).not.toBe('not authorised');
});

it('are good for no other name', async () => {
  await expect(call('other.example.test', certificates.ca)).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

it('are not trusted without their authority', async () => {
  const { ca: another } = await makeCertificates([]);
  await expect(call(name, another)).rejects.toThrow(/signature|unable to verify/);
});
