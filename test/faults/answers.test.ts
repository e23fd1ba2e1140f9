import { randomUUID } from 'node:crypto';
import type { Fault } from '../../local/simulator/faults.ts';
import { startTableProxy, type TableProxy } from '../support/tableProxy.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestService, startTestService } from '../support/testService.ts';

let cloud: TestCloud;
let tables: TableProxy;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  tables = await startTableProxy(cloud.tablesConnectionString);
  service = startTestService(cloud, { TABLES_CONNECTION_STRING: tables.connectionString });
  await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl });
});

afterEach(async () => {
  await cloud.simulator.world.reset();
  await tables.setDown(false);
});

afterAll(async () => {
  await tables.stop();
  await cloud.stop();
});

const faults: [name: string, status: number, code: string, retryAfter: string | null, fault: Fault | 'no tables'][] = [
  ['the platform answers 400', 502, 'platform-refused', null, { status: 400 }],
  ['the platform answers rubbish', 502, 'platform-refused', null, { body: 'rubbish' }],
  ['the platform answers 500', 503, 'platform-unavailable', '5', { status: 500 }],
  ['the platform names a time', 503, 'platform-unavailable', '30', { status: 503, headers: { 'Retry-After': '30' } }],
  ['the platform answers 504', 504, 'platform-timeout', null, { status: 504 }],
  ['the tables refuse connections', 503, 'storage-unavailable', '2', 'no tables'],
];

function breakTokens(fault: Fault): void {
  cloud.simulator.world.faults.set('platform.tokens', fault);
}

describe.each(faults)('%s', (_, status, code, retryAfter, fault) => {
  test('the caller gets the problem and the id to come back with, and comes back as the same guest', async () => {
    if (fault === 'no tables') await tables.setDown(true);
    else breakTokens(fault);
    const refused = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl });
    expect(refused.status).toBe(status);
    expect(refused.json).toMatchObject({ code, type: `/problems/${code}`, status });
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused.headers.get('retry-after')).toBe(retryAfter);

    await cloud.simulator.world.reset();
    await tables.setDown(false);
    const { applicationSessionId } = refused.json;
    const issued = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl, applicationSessionId });
    expect([issued.status, issued.json['applicationSessionId']]).toEqual([201, applicationSessionId]);
    expect(cloud.simulator.world.platform.issued).toMatchObject([{ applicationSessionId }]);
  });
});

test('429 tells when to come back, and carries no session: nothing was begun', async () => {
  breakTokens({ status: 429, headers: { 'Retry-After': '12' } });
  const refused = await service.call('POST', '/api/v1/anonymous-tokens', {
    meetingUrl,
    applicationSessionId: randomUUID(),
  });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '12']);
  expect(refused.json).toMatchObject({ code: 'too-many-requests' });
  expect(refused.json).not.toHaveProperty('applicationSessionId');
});

test('a rejoin that fails carries its session too', async () => {
  const { json } = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl });
  const { applicationSessionId } = json;
  breakTokens({ status: 500 });
  const refused = await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId });
  expect([refused.status, refused.json['applicationSessionId']]).toEqual([503, applicationSessionId]);
});
