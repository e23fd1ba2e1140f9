import { randomUUID } from 'node:crypto';
import { endpoints } from '../../lib/contract/endpoints.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { forgedHeaders, unsignedToken } from '../lib/http/principals.ts';
import { callerEndpoints } from './callerEndpoints.ts';
import { registeredBy, startEntraHost, type EntraHost } from './entraHost.ts';

// CALLER_AUTH=function-key, all settings for Entra left over, and callers who say that they are applications.
let cloud: TestCloud;
let keyed: EntraHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  keyed = await startEntraHost(cloud, undefined, { CALLER_AUTH: 'function-key' });
});
afterAll(async () => {
  await keyed.service.stop();
  await cloud.stop();
});

const key = { 'x-functions-key': functionKey };

/** Everything with which somebody could be the application. */
function claimingToBe(name: 'advisorApp' | 'flowConnector'): Record<string, string> {
  const { clientId } = cloud.simulator.callers.applications[name];
  const { tenantId } = cloud.simulator.entra;
  return {
    ...forgedHeaders(clientId, tenantId),
    authorization: `Bearer ${unsignedToken({ azp: clientId, tid: tenantId })}`,
  };
}

test('every function that needs a caller has a key, and only the open endpoints have none', () => {
  const open = Object.entries(endpoints).flatMap(([name, { auth }]) => (auth === 'anonymous' ? [name] : []));
  expect(registeredBy('function')).toEqual(expect.arrayContaining(callerEndpoints));
  expect(registeredBy('anonymous')).toEqual(open.sort());
});

test.each(callerEndpoints)('%s is not opened by a token or a principal', async (endpoint) => {
  for (const headers of [keyed.bearer('advisorApp'), claimingToBe('advisorApp')]) {
    const { status, text } = await keyed.knock(endpoint, headers);
    expect([status, text]).toEqual([401, '']);
  }
});

test('whatever a holder of the key says of itself: all of them are one caller, and no row or log line names another', async () => {
  const [one, other] = [claimingToBe('advisorApp'), claimingToBe('flowConnector')].map((said) => ({ ...said, ...key }));
  const applicationSessionId = randomUUID();
  const issued = await keyed.call({ ...one }, 'POST', '/api/v1/anonymous-tokens', { meetingUrl, applicationSessionId });
  expect(issued.status).toBe(201);
  const guest = `/api/v1/guests/${String(issued.json['guestId'])}`;
  for (const headers of [{ ...other }, key, { ...key, 'x-ms-client-principal': '!' }]) {
    expect((await keyed.call(headers, 'POST', '/api/v1/rejoin-tokens', { applicationSessionId })).status).toBe(200);
    expect((await keyed.call(headers, 'GET', guest)).status).toBe(200);
    const { json } = await keyed.call(headers, 'POST', '/api/v1/guests/search', { meetingUrl });
    expect(json['guests']).toHaveLength(1);
  }
  expect((await keyed.call({ ...other }, 'DELETE', guest)).status).toBe(200);

  const rows = await cloud.rows('guests');
  expect(rows).toHaveLength(1);
  expect(rows[0]).not.toHaveProperty('owner');
  const everything = JSON.stringify(keyed.service.log);
  expect(everything).toContain('GetGuest');
  expect(everything).not.toMatch(/caller|c0ffee/i);
});
