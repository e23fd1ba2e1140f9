import { endpoints, type EndpointDefinition, type EndpointName } from '../../lib/contract/endpoints.ts';
import { apiDefinition } from '../../lib/contract/openApi.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestService, startTestService } from '../support/testService.ts';
import { conformanceWith, type Definition } from './definition.ts';
import { goodRequests } from './goodRequests.ts';
import { expectProblem, expectSafeHeaders } from './problemReply.ts';
import { expectPage } from './statusReply.ts';

const broken = {
  KEY_VAULT_URL: 'ftp://hidden-vault.example/',
  ENTRA_TENANT_ID: 'hidden-tenant',
  GUEST_RETENTION_HOURS: '-987654321',
};
const hidden = /hidden-vault|hidden-tenant|-987654321/;
const conformance = conformanceWith(apiDefinition() as unknown as Definition);

let cloud: TestCloud;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud, broken);
});
afterAll(async () => {
  await cloud.stop();
  expect(JSON.stringify(service.log)).not.toMatch(hidden);
});

const needingSettings = Object.entries<EndpointDefinition>(endpoints).flatMap(([name, { auth }]) =>
  auth === 'caller' ? [name as EndpointName] : [],
);

test.each(needingSettings)('%s names the settings that are wrong, not their values', async (endpoint) => {
  const { method, path, body, headers } = goodRequests()[endpoint];
  const reply = await service.call(method, path, body, headers);
  expectProblem(reply, 'configuration-invalid');
  conformance.answer(endpoint, reply);
  for (const name of Object.keys(broken)) expect(reply.json['detail']).toContain(name);
  expect(reply.text).not.toMatch(hidden);
});

test('a bad request is still the caller’s mistake', async () => {
  expectProblem(await service.call('POST', '/api/v1/rejoin-tokens', {}), 'invalid-request');
});

test('the open health endpoint answers fail, and says no more', async () => {
  const reply = await service.call('GET', '/api/health', undefined, { 'x-functions-key': '' });
  expect({ status: reply.status, json: reply.json }).toEqual({ status: 503, json: { status: 'fail' } });
  expectSafeHeaders(reply);
  conformance.answer('getHealthStatus', reply);
});

test('the definition is served all the same', async () => {
  expect((await service.call('GET', '/api/openapi.json')).status).toBe(200);
});

test.each(['checkDiscovery', 'purgeGuests'] as const)('%s fails, and logs which settings are wrong', async (name) => {
  const before = service.log.length;
  await expect(service.run(name)).rejects.toThrow(`${name} failed: configuration-invalid`);
  const lines = service.log.slice(before);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'error', functionName: name });
  expect(JSON.parse(lines[0]?.message ?? '')).toEqual({
    job: name,
    code: 'configuration-invalid',
    detail: expect.stringMatching(/KEY_VAULT_URL.*GUEST_RETENTION_HOURS.*ENTRA_TENANT_ID/) as unknown,
    causes: [],
  });
});

test('the status page names the settings that are wrong, not their values', async () => {
  const onPage = { KEY_VAULT_URL: 'ftp://concealed.example/<b>', MEETING_PLATFORMS: '<i>concealed</i>' };
  const response = await startTestService(cloud, onPage).fetch('/api/status');
  const { title, text, html } = await expectPage(response, 503);
  expect(title).toBe('fail – Anonymous Join');
  expect(text).toMatch(/^Anonymous Join ✕ fail The service is not configured correctly\. Correct the settings: /);
  for (const name of ['KEY_VAULT_URL', 'MEETING_PLATFORMS']) expect(text).toContain(name);
  expect(html).not.toMatch(/concealed/);
});
