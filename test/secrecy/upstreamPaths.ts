import type { Fault } from '../../local/simulator/faults.ts';
import type { Operation } from '../../local/simulator/operations.ts';
import type { SecretCloud } from './secretCloud.ts';
import { createAnew, issueAnew, issuePath, rejoinPath, type ServiceUnderTest } from './serviceUnderTest.ts';

/** Ways in which any upstream can fail, each repeating all secrets that it can. */
export function faultsOf(secret: SecretCloud): Fault[] {
  const words = secret.everySecret();
  const body = JSON.stringify({ code: 'X', subcode: words, message: words, error: words, error_description: words });
  const headers = { 'x-ms-diagnostics': encodeURIComponent(words).slice(0, 6_000), 'x-ms-error': 'words' };
  return [
    ...[400, 401, 403, 404, 409, 410, 418, 500].map((status): Fault => ({ status, body, headers })),
    { status: 200, body },
    { status: 307, headers: { location: `https://evil.example/?${encodeURIComponent(words)}` } },
    { malformed: true },
    { oversize: true },
    { status: 429, body, headers: { 'retry-after': '0' } },
    // Counted, so that no breaker opens: then a while would pass without a call.
    { status: 504, body, times: 2 },
    { status: 503, body, times: 3 },
    { cut: 'mid-body', times: 3 },
  ];
}

async function throughFaults(
  { secret }: ServiceUnderTest,
  operation: Operation,
  ask: () => Promise<unknown>,
  chosen = faultsOf(secret),
): Promise<void> {
  const { faults } = secret.cloud.simulator.world;
  for (const fault of chosen) {
    faults.set(operation, fault);
    await ask();
    faults.clear(operation);
  }
}

/** Before the service has ever read a secret or got a token. */
export async function whileSecretsFail(underTest: ServiceUnderTest): Promise<void> {
  const { secret } = underTest;
  const { secrets, entra, faults } = secret.cloud.simulator.world;
  const ring = secrets.find('guest-keys')?.value ?? '';
  secrets.set('guest-keys', `${ring} ${secret.everySecret()}`);
  await issueAnew(underTest);
  secrets.set('guest-keys', ring);
  await faults.down('vault', true);
  await issueAnew(underTest);
  await faults.down('vault', false);
  await throughFaults(underTest, 'vault.secret', () => issueAnew(underTest));

  await throughFaults(underTest, 'entra.token', () => issueAnew(underTest));
  await faults.down('entra', true);
  await issueAnew(underTest);
  await faults.down('entra', false);
  entra.acceptedSecrets = [];
  await issueAnew(underTest);
  entra.acceptedSecrets = [secret.clientSecret];
}

export async function whileDiscoveryFails(underTest: ServiceUnderTest): Promise<void> {
  const { platform } = underTest.secret.cloud.simulator.world;
  // Nothing succeeds in between: an outage for each host is what the breaker lets pass.
  const refusals = faultsOf(underTest.secret).filter(({ times }) => times === undefined);
  const faults = [...refusals, { cut: 'mid-body', times: 3 } as const];
  for (const operation of ['platform.discover', 'platform.applications', 'platform.application'] as const) {
    await throughFaults(underTest, operation, () => issueAnew(underTest), faults);
  }
  platform.registered = false;
  await issueAnew(underTest);
  platform.registered = true;
}

export async function whileThePlatformFails(underTest: ServiceUnderTest): Promise<void> {
  const { ask, secret } = underTest;
  const { platform } = secret.cloud.simulator.world;
  const [meetingUrl, applicationSessionId] = [secret.newMeeting(), secret.newSession()];
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  await throughFaults(underTest, 'platform.tokens', async () => {
    await ask(rejoinPath, { body: { applicationSessionId } });
    // One that succeeds between those that fail, so that the breaker stays closed.
    await ask(issuePath, { body: { meetingUrl: secret.newMeeting() } });
    await ask(rejoinPath, { body: { applicationSessionId } });
  });
  await throughFaults(underTest, 'platform.meetings', async () => {
    await createAnew(underTest);
    // As above.
    await issueAnew(underTest);
  });
  for (const redirect of ['foreign', 'http', 'loop', 'pool'] as const) {
    platform.redirect = redirect;
    await ask(rejoinPath, { body: { applicationSessionId } });
    await createAnew(underTest);
  }
  platform.redirect = 'none';
  for (const discoverLink of ['https://evil-lync.example/?', 'http://api.skype.example/?', 'not a link ']) {
    platform.discoverLink = discoverLink + encodeURIComponent(secret.everySecret()).slice(0, 4_000);
    await ask(rejoinPath, { body: { applicationSessionId } });
    await issueAnew(underTest);
  }
  platform.discoverLink = undefined;
}
