import { guestIdOf } from '../../lib/guests/identity.ts';
import { bodyOf } from './exchange.ts';
import {
  createAnew,
  issuePath,
  meetingsPath,
  preflightPath,
  rejoinPath,
  searchPath,
  subscriptionsPath,
  type ServiceUnderTest,
} from './serviceUnderTest.ts';

export async function whatEndsWell(underTest: ServiceUnderTest): Promise<void> {
  const { ask, secret } = underTest;
  const meetingUrl = secret.newMeeting();
  await ask(issuePath, { body: { meetingUrl } });
  const applicationSessionId = secret.newSession();
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  await ask(rejoinPath, { body: { applicationSessionId } });
  await ask(`/api/v1/guests/${guestIdOf(applicationSessionId)}`);
  await ask(searchPath, { body: { meetingUrl } });
  for (const session of [applicationSessionId, secret.newSession()]) {
    await ask(preflightPath, { body: { meetingUrl, applicationSessionId: session } });
  }
  const { subject, key } = secret.newMeetingRequest();
  for (let times = 0; times < 2; times++) {
    await ask(meetingsPath, { body: { subject, description: subject }, headers: { 'Idempotency-Key': key } });
  }
  await createAnew(underTest);
  const callbackUrl = secret.newCallback();
  const subscribed = await ask(subscriptionsPath, { body: { callbackUrl } });
  await ask(subscriptionsPath, { body: { callbackUrl } });
  await ask(`${subscriptionsPath}/${String(bodyOf(subscribed)?.['subscriptionId'])}`, { method: 'DELETE' });
  for (const path of ['/api/health', '/api/v1/health', '/api/status', '/api/openapi.json']) await ask(path);
}

export async function whatIsRefused({ ask, secret }: ServiceUnderTest): Promise<void> {
  const [meetingUrl, applicationSessionId] = [secret.newMeeting(), secret.newSession()];
  const guest = `/api/v1/guests/${guestIdOf(applicationSessionId)}`;
  await ask(rejoinPath, { body: { applicationSessionId } });
  await ask(guest);
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  await ask(issuePath, { body: { meetingUrl: secret.newMeeting(), applicationSessionId } });
  await ask(issuePath, { body: { meetingUrl: meetingUrl.replace('lync.example', 'evil.example') } });
  const allowedOrigins = [`https://${secret.newSession()}.example`];
  await ask(rejoinPath, { body: { applicationSessionId, allowedOrigins } });
  await ask(guest, { method: 'DELETE' });
  await ask(guest, { method: 'DELETE' });
  await ask(rejoinPath, { body: { applicationSessionId } });
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
}

export async function whatIsRefusedOfMeetingsAndSubscriptions({ ask, secret }: ServiceUnderTest): Promise<void> {
  const { cloud } = secret;
  const { subject, key } = secret.newMeetingRequest();
  const create = (about: string) =>
    ask(meetingsPath, { body: { subject: about }, headers: { 'Idempotency-Key': key } });
  cloud.simulator.world.faults.set('platform.meetings', { status: 504, times: 1 });
  for (let times = 0; times < 2; times++) await create(subject);
  await create(secret.newMeetingRequest().subject);
  await ask(preflightPath, {
    body: {
      meetingUrl: secret.newMeeting().replace('lync.example', 'evil.example'),
      allowedOrigins: ['https://evil.example'],
    },
  });

  const callbackUrl = secret.newCallback();
  await ask(subscriptionsPath, { body: { callbackUrl: callbackUrl.replace('hooks', 'evil') } });
  await ask(`${subscriptionsPath}/${'A'.repeat(43)}`, { method: 'DELETE' });
  const others = Array.from({ length: 50 }, (_, name) => ({
    partitionKey: 'health',
    rowKey: String(name).padStart(43, 'x'),
    sealed: 's1.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA',
    createdAt: new Date(),
    notified: 'pass',
  }));
  await cloud.table('healthSubscriptions').submitTransaction(others.map((row) => ['create', row]));
  await ask(subscriptionsPath, { body: { callbackUrl } });
  await cloud.table('healthSubscriptions').submitTransaction(others.map((row) => ['delete', row]));
}

export async function withSecretsInWrongPlaces({ ask, secret }: ServiceUnderTest): Promise<void> {
  const own = { meetingUrl: secret.newMeeting(), applicationSessionId: secret.newSession() };
  const token = secret.cloud.simulator.world.platform.issued.at(-1)?.token ?? '';
  const { subject, key } = secret.newMeetingRequest();
  const callbackUrl = secret.newCallback();
  const secrets = [own.meetingUrl, own.applicationSessionId, token, secret.clientSecret, subject, key, callbackUrl];
  for (const misplaced of secrets) {
    const inPath = encodeURIComponent(misplaced);
    const headers = { traceparent: `00-${misplaced}-1-00`, 'x-ms-client-principal': misplaced, cookie: misplaced };
    await ask(issuePath, { body: { meetingUrl: misplaced, applicationSessionId: misplaced }, headers });
    await ask(issuePath, { body: { ...own, allowedOrigins: [misplaced], [misplaced]: misplaced } });
    await ask(rejoinPath, { body: { applicationSessionId: [misplaced] } });
    await ask(searchPath, { body: { meetingUrl: own.meetingUrl, cursor: misplaced.slice(0, 150) } });
    await ask(searchPath, { body: misplaced });
    await ask(searchPath, { body: `{"${misplaced}` });
    await ask(issuePath, { body: misplaced.repeat(1_000) });
    await ask(rejoinPath, { body: { applicationSessionId: misplaced }, headers: { 'content-type': 'text/plain' } });
    const withKey = { 'Idempotency-Key': misplaced };
    await ask(meetingsPath, { body: { [misplaced]: misplaced }, headers: withKey });
    await ask(meetingsPath, {
      body: { accessLevel: misplaced, leaders: [misplaced], expirationTime: misplaced },
      headers: { 'Idempotency-Key': key },
    });
    await ask(meetingsPath, { body: {}, headers: { 'Idempotency-Key': `${misplaced} ${misplaced}` } });
    await ask(preflightPath, { body: { meetingUrl: misplaced, allowedOrigins: [misplaced] } });
    await ask(preflightPath, { body: { meetingUrl: [misplaced], applicationSessionId: `${misplaced}/` } });
    await ask(subscriptionsPath, { body: { callbackUrl: misplaced.replace('hooks', 'evil'), [misplaced]: 1 } });
    await ask(subscriptionsPath, { body: { callbackUrl: misplaced.replace('hooks', 'evil') } });
    await ask(`${subscriptionsPath}/${inPath}`, { method: 'DELETE' });
    await ask(`/api/v1/guests/${inPath}`);
    await ask(`/api/v1/guests/${inPath}`, { method: 'DELETE' });
    await ask(`/api/v1/${inPath}`);
    // A key that does not fit, in the header and in the query.
    await ask(rejoinPath, { body: own, headers: { 'x-functions-key': misplaced } });
    await ask(`${rejoinPath}?code=${inPath}`, { body: own, headers: { 'x-functions-key': undefined } });
    await ask(`/api/v1/health?secret=${inPath}`);
  }
}
