import type { Service } from '../../lib/service.ts';
import { makeCertificates } from '../../local/certificates.ts';
import { failureOf, issue, requestSignal, startFaultyService, type FaultyService } from './faultyService.ts';

let service: FaultyService;

beforeAll(async () => {
  // Nothing is silent here, and the crowd may be slow.
  service = await startFaultyService({});
});
afterEach(() => service.mend());
afterAll(() => service.stop());

// An empty setting counts as none.
const certificateSettings = { ENTRA_CLIENT_SECRET_NAME: '', ENTRA_CLIENT_CERTIFICATE_NAME: 'app-certificate' };

/** Guests who come and rejoin, a few at a time; `midway` happens when half of them have begun. */
async function crowd(app: Service, guests: number, midway: () => void): Promise<PromiseSettledResult<unknown>[]> {
  let begun = 0;
  const outcomes: PromiseSettledResult<unknown>[] = [];
  const admitSome = async (): Promise<void> => {
    while (begun < guests) {
      if (++begun === Math.floor(guests / 2)) midway();
      const stay = issue(app).then(({ guest }) => app.rejoin(guest, requestSignal()));
      outcomes.push(...(await Promise.allSettled([stay])));
    }
  };
  await Promise.all(Array.from({ length: 16 }, admitSome));
  return outcomes;
}

test('a client secret replaced in Entra and in the vault under 300 requests loses none of them', async () => {
  const app = await service.warmApp();
  const outcomes = await crowd(app, 150, () => {
    service.world.secrets.set('entra-client-secret', 'the-next-secret');
    service.world.entra.acceptedSecrets = ['the-next-secret'];
    service.world.entra.revokeIssuedTokens();
  });
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(outcomes).toHaveLength(150);
  // The first token, the attempt with the old secret, and one renewal for everybody.
  expect(service.world.counts()['entra.token']).toBe(3);
});

test('access tokens revoked under 100 requests are renewed once for all', async () => {
  const app = await service.warmApp();
  const outcomes = await crowd(app, 50, () => {
    service.world.entra.revokeIssuedTokens();
  });
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(service.world.counts()['entra.token']).toBe(2);
});

test('a certificate replaced like a secret loses no request', async () => {
  const [first, second] = await Promise.all([makeCertificates([]), makeCertificates([])]);
  service.world.entra.certificates = [first.cert];
  service.world.secrets.set('app-certificate', `${first.key}\n${first.cert}`);
  const app = await service.warmApp(certificateSettings);
  const outcomes = await crowd(app, 40, () => {
    service.world.secrets.set('app-certificate', `${second.key}\n${second.cert}`);
    service.world.entra.certificates = [second.cert];
    service.world.entra.revokeIssuedTokens();
  });
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
});

test('a PEM certificate of the vault proves the application to Entra', async () => {
  const { key, cert } = await makeCertificates([]);
  service.world.entra.acceptedSecrets = [];
  service.world.entra.certificates = [cert];
  service.world.secrets.set('app-certificate', `${key}\n${cert}`, { contentType: 'application/x-pem-file' });
  await expect(issue(service.newApp(certificateSettings))).resolves.toMatchObject({ created: true });
});

test('a certificate that Entra does not know is told as rejected credentials', async () => {
  const { key, cert } = await makeCertificates([]);
  service.world.secrets.set('app-certificate', `${key}\n${cert}`, { contentType: 'application/x-pem-file' });
  const failure = await failureOf(issue(service.newApp(certificateSettings)));
  expect(failure).toMatchObject({ code: 'platform-refused', reason: 'credentials-rejected' });
});

test('a PFX is refused, saying how to convert it', async () => {
  const pfx = Buffer.from('a PKCS #12 archive').toString('base64');
  service.world.secrets.set('app-certificate', pfx, { contentType: 'application/x-pkcs12' });
  const failure = await failureOf(issue(service.newApp(certificateSettings)));
  expect(failure.code).toBe('configuration-invalid');
  expect(failure.detail).toContain('openssl pkcs12 -in app.pfx -out app.pem -nodes');
  expect(failure.detail).not.toContain(pfx);
  expect(service.world.counts()['entra.token']).toBe(0);
});
