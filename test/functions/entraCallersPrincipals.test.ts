import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { principalOf, principalsOfNobody, appId, tenantId, unsignedToken } from '../lib/http/principals.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

// A platform that says its authentication is on and passes on whatever the test sends, as a broken or changed one might.
let cloud: TestCloud;
let entra: EntraHost;
const bearer = { authorization: `Bearer ${unsignedToken({ azp: appId, tid: tenantId })}` };

beforeAll(async () => {
  cloud = await startTestCloud();
  entra = await startEntraHost(cloud, undefined, { CALLER_TENANT_ID: tenantId, CALLER_APP_IDS: appId });
  process.env['WEBSITE_AUTH_ENABLED'] = 'True';
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

test('with a good principal a guest is let in, however the ids are spelt: both times the same caller', async () => {
  const good = [
    { ...bearer, 'x-ms-client-principal': principalOf(['azp', appId], ['tid', tenantId]) },
    {
      authorization: `Bearer ${unsignedToken({ appid: appId.toUpperCase(), tid: tenantId.toUpperCase() })}`,
      'x-ms-client-principal': principalOf(['appid', appId.toUpperCase()], ['tid', tenantId.toUpperCase()]),
    },
  ];
  for (const headers of good) expect((await entra.knock('issueAnonymousToken', headers)).status).toBe(201);
  expect((await cloud.rows('guests')).map(({ owner }) => owner)).toEqual([appId, appId]);
});

test.each(Object.entries(principalsOfNobody))('a principal %s is nobody', async (_, principal) => {
  const before = await entra.traces();
  const reply = await entra.knock('issueAnonymousToken', { ...bearer, 'x-ms-client-principal': principal });
  expectProblem(reply, 'caller-unauthenticated');
  expect(await entra.traces()).toEqual(before);
});

test('a huge principal is nobody, or more than the host takes', async () => {
  const before = await entra.traces();
  const huge = (length: number) => ({ ...bearer, 'x-ms-client-principal': principalOf(['name', 'x'.repeat(length)]) });
  expectProblem(await entra.knock('issueAnonymousToken', huge(9_000)), 'caller-unauthenticated');
  expect((await entra.knock('issueAnonymousToken', huge(90_000))).status).toBe(431);
  expect(await entra.traces()).toEqual(before);
});

test('a good principal without a bearer of its own is nobody', async () => {
  const principal = principalOf(['azp', appId], ['tid', tenantId]);
  expectProblem(
    await entra.knock('issueAnonymousToken', { 'x-ms-client-principal': principal }),
    'caller-unauthenticated',
  );
});

test('nothing of any of this was a failure of ours, or stands in the log', () => {
  const lines = entra.service.log.filter(({ category }) => category === 'user');
  expect(lines.length).toBeGreaterThan(Object.keys(principalsOfNobody).length);
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['information']));
  const everything = JSON.stringify(entra.service.log);
  for (const word of [tenantId, 'claims', 'Ada', bearer.authorization.slice(7, 40)]) {
    expect([word, everything.includes(word)]).toEqual([word, false]);
  }
});
