import { makeCertificates } from '../../../local/certificates.ts';
import { startTlsServer } from '../../lib/net/tlsServer.ts';
import { says, startPatient, type Patient } from './patient.ts';

let patient: Patient;

beforeAll(async () => {
  patient = await startPatient();
});
afterEach(() => patient.heal());
afterAll(() => patient.stop());

const minutes = 60_000;
const clockAhead = (byMs: number) => ({ now: () => Date.now() + byMs });

describe('vault', () => {
  test('that refuses connections is named by its host', async () => {
    await patient.world.faults.down('vault', true);
    expect(await patient.checkOf('vault')).toEqual(
      says('fail', /^localhost:\d+ refuses connections/, /whether KEY_VAULT_URL is right/),
    );
  });

  test('that is not in the DNS', async () => {
    expect(await patient.checkOf('vault', { KEY_VAULT_URL: 'https://contoso.vault.invalid/' })).toEqual(
      says(
        'fail',
        /^contoso\.vault\.invalid has no address in the DNS/,
        /Correct KEY_VAULT_URL; behind a private endpoint/,
      ),
    );
  });

  test('whose certificate is of an authority that nobody trusts', async () => {
    const server = await startTlsServer(await makeCertificates([]));
    try {
      expect(await patient.checkOf('vault', { KEY_VAULT_URL: `https://localhost:${server.port}/` })).toEqual(
        says('fail', /shows a certificate that is not trusted/, /whether a proxy looks into TLS: NODE_EXTRA_CA_CERTS/),
      );
    } finally {
      await server.stop();
    }
  });

  test('that says no time leaves the clock unproven', async () => {
    const server = await startTlsServer();
    server.answer = (_, response) => {
      response.sendDate = false;
      response.writeHead(401).end();
    };
    try {
      const { check } = await patient.examine({ KEY_VAULT_URL: `https://localhost:${server.port}/` });
      expect(check('clock')).toMatchObject({ status: 'pass', reason: 'The vault does not say what time it is.' });
    } finally {
      await server.stop();
    }
  });
});

describe('clock', () => {
  test.each([
    ['61 s ahead of', 61_000 + 1_000, 'warn', /1\.0 min ahead of the vault's: tokens are judged wrongly/],
    ['10 min ahead of', 10 * minutes, 'fail', /10\.0 min ahead of the vault's: tokens are refused/],
    ['10 min behind', -10 * minutes, 'fail', /(?:9\.9|10\.0) min behind the vault's: tokens are refused/],
  ] as const)('that is %s the vault', async (_, byMs, status, reason) => {
    expect(await patient.checkOf('clock', {}, clockAhead(byMs))).toEqual(says(status, reason, /time server/));
  });

  test('that is a little off passes', async () => {
    expect(await patient.checkOf('clock', {}, clockAhead(50_000))).toMatchObject({ status: 'pass' });
  });

  test('that is wrong does not end the examination, because it explains what comes', async () => {
    const { outcomes } = await patient.examine({}, clockAhead(10 * minutes));
    expect(outcomes).toContain('pass entra/token');
  });
});
