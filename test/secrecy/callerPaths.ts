import { guestIdOf } from '../../lib/guests/identity.ts';
import { issuePath, rejoinPath, searchPath, type Walked } from './walked.ts';

export async function whatEndsWell({ ask, secret }: Walked): Promise<void> {
  const meetingUrl = secret.newMeeting();
  await ask(issuePath, { body: { meetingUrl } });
  const applicationSessionId = secret.newSession();
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  await ask(issuePath, { body: { meetingUrl, applicationSessionId } });
  await ask(rejoinPath, { body: { applicationSessionId } });
  await ask(`/api/v1/guests/${guestIdOf(applicationSessionId)}`);
  await ask(searchPath, { body: { meetingUrl } });
  for (const path of ['/api/health', '/api/v1/health', '/api/openapi.json']) await ask(path);
}

export async function whatIsRefused({ ask, secret }: Walked): Promise<void> {
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

export async function withSecretsInWrongPlaces({ ask, secret }: Walked): Promise<void> {
  const own = { meetingUrl: secret.newMeeting(), applicationSessionId: secret.newSession() };
  const token = secret.cloud.simulator.world.platform.issued.at(-1)?.token ?? '';
  for (const misplaced of [own.meetingUrl, own.applicationSessionId, token, secret.clientSecret]) {
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
    await ask(`/api/v1/guests/${inPath}`);
    await ask(`/api/v1/guests/${inPath}`, { method: 'DELETE' });
    await ask(`/api/v1/${inPath}`);
    // A key that does not fit, in the header and in the query.
    await ask(rejoinPath, { body: own, headers: { 'x-functions-key': misplaced } });
    await ask(`${rejoinPath}?code=${inPath}`, { body: own, headers: { 'x-functions-key': undefined } });
    await ask(`/api/v1/health?secret=${inPath}`);
  }
}
