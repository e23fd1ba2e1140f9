import { readSigningCertificate, signWebToken } from '../../../../local/simulator/webToken.ts';
import { clientId, tenantId } from '../../../../local/simulator/upstreams/entra/entraClients.ts';
import { pem } from '../../../support/testCloud.ts';
import { says, startPatient, type Patient } from '../../../admin/doctor/patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

const unknown = '99999999-2222-4333-8444-555555555555';

describe('entra/tenant', () => {
  test('that Entra does not know', async () => {
    const { check, outcomes } = await patient.examine({ ENTRA_TENANT_ID: unknown });
    expect(check('entra/tenant')).toEqual(
      says('fail', new RegExp(`no tenant ${unknown}`), /Correct ENTRA_TENANT_ID \(az account show --query tenantId\)/),
    );
    expect(outcomes.join()).not.toContain('entra/token');
  });

  test('of an Entra that cannot be reached, or is out of order', async () => {
    await patient.world.faults.down('entra', true);
    expect(await patient.checkOf('entra/tenant')).toEqual(
      says('fail', /^localhost:\d+ refuses connections/, /ENTRA_AUTHORITY_HOST/),
    );
    await patient.world.faults.down('entra', false);
    patient.world.faults.set('entra.metadata', { status: 503 });
    expect(await patient.checkOf('entra/tenant')).toEqual(says('fail', /answers 503/, /health of Entra ID/));
  });
});

describe('entra/token', () => {
  test('an application that the tenant does not know', async () => {
    expect(await patient.checkOf('entra/token', { ENTRA_CLIENT_ID: unknown })).toEqual(
      says(
        'fail',
        new RegExp(`AADSTS700016\\): there is no application ${unknown} in the tenant ${tenantId}`),
        new RegExp(`Correct ENTRA_CLIENT_ID .* az ad app permission admin-consent --id ${unknown}`),
      ),
    );
  });

  test('a client secret that is wrong', async () => {
    patient.world.entra.acceptedSecrets = [];
    expect(await patient.checkOf('entra/token')).toEqual(
      says(
        'fail',
        /AADSTS7000215\): the client secret is wrong/,
        new RegExp(`id was taken for its value.*--id ${clientId} --append.*entra-client-secret`),
      ),
    );
  });

  test('by a certificate is given like one by a secret, and its end is foreseen', async () => {
    patient.world.secrets.set('app-certificate', `${pem('key')}\n${pem('cert')}`);
    patient.world.entra.certificates = [pem('cert')];
    const changes = { ENTRA_CLIENT_SECRET_NAME: '', ENTRA_CLIENT_CERTIFICATE_NAME: 'app-certificate' };
    const { check, outcomes } = await patient.examine(changes);
    expect(outcomes).toContain('pass entra/token');
    // The certificate of the tests lives for 30 days.
    expect(check('secret/trusted-application')).toEqual(
      says('warn', /^app-certificate expires on \d{4}-\d\d-\d\d, in 2\d days/, /Make a new one in Entra/),
    );
  });

  const answer = (number: number, error: string): string =>
    JSON.stringify({ error, error_description: `AADSTS${number}: words of Entra`, error_codes: [number] });

  test.each<[string, number, string, RegExp, RegExp]>([
    [
      'a client secret that has expired',
      7000222,
      'invalid_client',
      /the client secret has expired/,
      /credential reset/,
    ],
    ['an application that is disabled', 7000112, 'unauthorized_client', /is disabled/, /accountEnabled=true/],
    ['no consent', 65001, 'invalid_grant', /has not consented/, /admin-consent --id/],
    [
      'an audience that is not in the tenant',
      500011,
      'invalid_resource',
      /not known by the audience https:\/\/api\.skype\.example/,
      /TRUSTED_APPLICATION_AUDIENCE/,
    ],
    [
      'a certificate that the application does not know',
      700027,
      'invalid_client',
      /does not know the certificate/,
      /--cert @app\.pem/,
    ],
    ['an assertion of another time', 700024, 'invalid_client', /not within its time/, /clock/],
    ['conditional access', 53003, 'access_denied', /Conditional Access/, /except the application/],
    ['an outage', 90033, 'temporarily_unavailable', /out of order for the moment/, /again in a minute/],
    ['a number that nobody knows', 123456, 'invalid_request', /AADSTS123456\): for a reason/, /error\?code=123456$/],
  ])('%s', async (_, number, error, reason, nextStep) => {
    patient.world.faults.set('entra.token', { status: 400, body: answer(number, error) });
    expect(await patient.checkOf('entra/token')).toEqual(says('fail', reason, nextStep));
  });

  test('answers that are no token', async () => {
    patient.world.faults.set('entra.token', { body: '{}' });
    expect(await patient.checkOf('entra/token')).toEqual(says('fail', /gives no token/, /whether a proxy answers/));
  });

  test('an Entra that hangs', async () => {
    patient.world.faults.set('entra.token', { never: true });
    expect(await patient.checkOf('entra/token')).toEqual(says('fail', /does not answer in time/, /firewall/));
  });
});

describe('entra/permissions', () => {
  const four = ['Anonymous', 'Conversations.AudioVideo', 'Meetings.ScheduleOnDemand', 'Conversations.Chat'];

  /** A token as Entra would give it to an application with these permissions. */
  function permit(roles: readonly string[]): void {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      aud: patient.secret.cloud.simulator.platform.audience,
      iss: `https://sts.windows.net/${tenantId}/`,
      nbf: seconds,
      exp: seconds + 3_599,
      appid: clientId,
      uti: `${patient.world.entra.generation}.permitted`,
      roles,
    };
    const token = signWebToken(claims, readSigningCertificate({ key: pem('key'), cert: pem('cert') }));
    const body = JSON.stringify({ token_type: 'Bearer', expires_in: 3_599, access_token: token });
    patient.world.faults.set('entra.token', { body });
  }

  test('all four pass', async () => {
    permit(four);
    const { check, outcomes } = await patient.examine();
    expect(check('entra/permissions')).toMatchObject({ status: 'pass' });
    expect(outcomes).toContain('pass trusted-application/guest-join');
  });

  test('without that for guests it fails, with the command that grants it', async () => {
    permit(four.slice(1));
    expect(await patient.checkOf('entra/permissions')).toEqual(
      says(
        'fail',
        /lacks 1 of the 4 permissions .*: "Guest user join services"\.$/,
        new RegExp(
          `az ad app permission add --id ${clientId} --api 00000004-0000-0ff1-ce00-000000000000 --api-permissions b783bde8-ffc2-4f0c-96ce-6e2900b7aa4e=Role && az ad app permission admin-consent --id ${clientId}$`,
        ),
      ),
    );
  });

  test('without the others it warns, and names each', async () => {
    permit(['Anonymous', 'Contacts.ReadWrite']);
    expect(await patient.checkOf('entra/permissions')).toEqual(
      says(
        'warn',
        /lacks 3 of the 4 .*"Send\/Receive Audio and Video", "Create on-demand Skype meetings", "Send\/Receive Instant Messages"/,
        /05a4e3e8\S+=Role 189125ec\S+=Role f7a521bb\S+=Role/,
      ),
    );
  });

  test('that a token does not list are left to discovery', async () => {
    expect(await patient.checkOf('entra/permissions')).toMatchObject({
      status: 'pass',
      reason: expect.stringContaining('discovery') as string,
    });
  });
});
