import type { Fault } from '../../../../local/simulator/faults.ts';
import type { Operation } from '../../../../local/simulator/operations.ts';
import { clientId } from '../../../../local/simulator/upstreams/entra/entraClients.ts';
import { says, startPatient, type Patient } from '../../../admin/doctor/patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

const prefix = 'trusted-application/';
const registration = new RegExp(
  `New-CsOnlineApplicationEndpoint -Uri "sip:helpdesk@contoso\\.example" -ApplicationId "${clientId}" -Name "Anonymous join" – and consent: az ad app permission admin-consent --id ${clientId}$`,
);

test('an endpoint that is not registered fails with the exact command that registers it', async () => {
  for (const forbiddenSubcode of [true, false]) {
    Object.assign(patient.world.platform, { registered: false, forbiddenSubcode });
    const { check, outcomes } = await patient.examine();
    expect(check(`${prefix}applications`)).toEqual(
      says(
        'fail',
        /does not know the endpoint sip:helpdesk@contoso\.example .* or the tenant has not consented \(403\)/,
        registration,
      ),
    );
    expect(outcomes.slice(-2)).toEqual([`pass ${prefix}discover`, `fail ${prefix}applications`]);
  }
});

test('an endpoint that is another one than was registered', async () => {
  expect(
    await patient.checkOf(`${prefix}applications`, { TRUSTED_APPLICATION_ENDPOINT_ID: 'sip:support@contoso.example' }),
  ).toEqual(
    says(
      'fail',
      /does not know the endpoint sip:support@contoso\.example/,
      /New-CsOnlineApplicationEndpoint -Uri "sip:support@contoso\.example"/,
    ),
  );
});

test('an audience that the platform does not take', async () => {
  expect(await patient.checkOf(`${prefix}discover`, { TRUSTED_APPLICATION_AUDIENCE: 'https://other.example' })).toEqual(
    says(
      'fail',
      /does not accept the Entra token \(401\)/,
      /Set TRUSTED_APPLICATION_AUDIENCE to the origin of the discover URL, or to 00000004-0000/,
    ),
  );
});

test.each<[Operation, string, Fault, RegExp, RegExp]>([
  ['platform.discover', 'discover', { status: 401 }, /\(401\)/, /TRUSTED_APPLICATION_AUDIENCE/],
  ['platform.discover', 'discover', { status: 404 }, /has not consented \(404\)/, registration],
  ['platform.applications', 'applications', { status: 403 }, /\(403\)/, registration],
  ['platform.application', 'application', { status: 404 }, /\(404\)/, registration],
  ['platform.application', 'application', { status: 410 }, /given it up \(410\)/, /The state of the platforms/],
  ['platform.discover', 'discover', { status: 429 }, /slow down \(429\)/, /Wait a minute/],
  ['platform.discover', 'discover', { status: 500 }, /out of order \(500\)/, /health of the platform/],
  ['platform.applications', 'applications', { status: 503 }, /out of order \(503\)/, /health of the platform/],
  ['platform.discover', 'discover', { status: 504 }, /out of order \(504\)/, /health of the platform/],
  [
    'platform.discover',
    'discover',
    { status: 307, headers: { location: 'https://evil.example/' } },
    /redirects \(307\)/,
    /add them to TRUSTED_APPLICATION_HOSTS/,
  ],
  [
    'platform.discover',
    'discover',
    { body: '<html></html>' },
    /has not the link/,
    /DISCOVER_URL is right, and whether a proxy/,
  ],
  ['platform.application', 'application', { malformed: true }, /has not the link/, /whether a proxy/],
  ['platform.discover', 'discover', { oversize: true }, /far too long/, /whether a proxy/],
  ['platform.applications', 'applications', { cut: 'before-answer' }, /cuts the connection/, /firewall/],
  ['platform.applications', 'applications', { never: true }, /does not answer in time/, /firewall/],
])('%s fails the step "%s" with %j', async (operation, step, fault, reason, nextStep) => {
  patient.world.faults.set(operation, fault);
  const { check, outcomes } = await patient.examine({}, { callTimeoutMs: 500 });
  expect(check(`${prefix}${step}`)).toEqual(says('fail', reason, nextStep));
  expect(outcomes.at(-1)).toBe(`fail ${prefix}${step}`);
});

test('a request is made once, so that trouble is seen and not retried away', async () => {
  patient.world.faults.set('platform.discover', { status: 503, times: 1 });
  expect(await patient.checkOf(`${prefix}discover`)).toMatchObject({ status: 'fail' });
});

test('a platform that cannot be reached', async () => {
  await patient.world.faults.down('platform', true);
  expect(await patient.checkOf(`${prefix}discover`)).toEqual(
    says('fail', /^api\.skype\.example refuses connections/, /whether TRUSTED_APPLICATION_DISCOVER_URL is right/),
  );
});

test('a link that leads out of the hosts', async () => {
  expect(await patient.checkOf(`${prefix}discover`, { TRUSTED_APPLICATION_HOSTS: 'skype.example' })).toEqual(
    says('fail', /leads out of TRUSTED_APPLICATION_HOSTS/, /add them to TRUSTED_APPLICATION_HOSTS/),
  );
});

test('without the permission for guests the last step fails, with the command that grants it', async () => {
  patient.world.platform.missingLinks = ['anonApplicationTokens'];
  expect(await patient.checkOf(`${prefix}guest-join`)).toEqual(
    says(
      'fail',
      /may not get tokens for guests/,
      /Grant "Guest user join services" .*b783bde8-ffc2-4f0c-96ce-6e2900b7aa4e=Role && az ad app permission admin-consent/,
    ),
  );
});

test('without the permission for meetings there is a warning', async () => {
  patient.world.platform.missingLinks = ['adhocMeetings'];
  const { check, report } = await patient.examine();
  expect(check(`${prefix}on-demand-meetings`)).toEqual(
    says(
      'warn',
      /POST \/api\/v1\/meetings answers 501/,
      /If meetings are to be created, grant "Create on-demand Skype meetings"/,
    ),
  );
  expect(report.status).toBe('warn');
});
