import { HttpRequest, InvocationContext, type HttpResponseInit } from '@azure/functions';
import { adhocMeetingJob } from '../../../lib/sampleService/adhocMeetingJob.ts';
import { anonTokenJob } from '../../../lib/sampleService/anonTokenJob.ts';
import { jobEndpoint, type Job } from '../../../lib/sampleService/jobEndpoint.ts';
import { handlerOf } from '../../../lib/http/pipeline.ts';
import type { UseCases } from '../../../lib/http/useCases.ts';
import { Problem, problemCatalogue, type ProblemCode } from '../../../lib/problem.ts';

const codes = Object.keys(problemCatalogue) as ProblemCode[];

/** What a request gets when the job throws. */
async function refused(job: Job, thrown: Error): Promise<HttpResponseInit & { written: string }> {
  const lines: unknown[] = [];
  const context = new InvocationContext({ logHandler: (...line) => lines.push(line) });
  const headers = { 'content-type': 'application/json' };
  const request = new HttpRequest({ method: 'POST', url: 'http://localhost/', headers, body: { string: '{}' } });
  const endpoint = jobEndpoint({ ...job, run: () => Promise.reject(thrown) });
  const handle = handlerOf(endpoint, {} as UseCases, () => ({ kind: 'function-key' }));
  const response = await handle(request, context);
  expect(lines).toHaveLength(1);
  return { ...response, written: JSON.stringify([response, lines]) };
}

test('an endpoint has the route of the original, and is called as the settings of the sample service say', () => {
  expect(jobEndpoint(anonTokenJob)).toMatchObject({
    method: 'POST',
    auth: 'sample-service',
    route: 'GetAnonTokenJob/{id?}',
  });
});

describe('GetAnonTokenJob words', () => {
  const ours = ['storage-unavailable', 'configuration-invalid', 'internal'];
  const own = ['invalid-request', 'payload-too-large', 'unsupported-media-type', 'origin-not-allowed'];
  const ofSessions = ['session-bound-to-another-meeting', 'guest-removed'];
  const others = codes.filter((code) => ![...ours, ...own, ...ofSessions].includes(code));

  test.each(others)('%s as a token that did not come', async (code) => {
    const { status, body } = await refused(anonTokenJob, new Problem(code, 'secret text'));
    expect({ status, body }).toEqual({ status: 500, body: '{"Error":"Get nullable token"}' });
  });

  test.each(ours as ProblemCode[])('%s as its own failure', async (code) => {
    const { status, body } = await refused(anonTokenJob, new Problem(code, 'secret text'));
    expect({ status, body }).toEqual({ status: 500, body: '{"Error":"Hit excetpion when running the job."}' });
  });
});

test.each(codes.filter((code) => !['invalid-request', 'payload-too-large', 'unsupported-media-type'].includes(code)))(
  'GetAdhocMeetingJob words %s as a job that did not start',
  async (code) => {
    const { status, body } = await refused(adhocMeetingJob, new Problem(code, 'secret text'));
    expect({ status, body }).toEqual({ status: 500, body: 'Unable to start a job run' });
  },
);

test.each([anonTokenJob, adhocMeetingJob])('$name says nothing of what nobody expected', async (job) => {
  const { status, written } = await refused(job, new Error('secret text', { cause: new Error('secret text') }));
  expect(status).toBe(500);
  expect(written).not.toContain('secret text');
});

test.each([anonTokenJob, adhocMeetingJob])('$name says when to come back, where that is known', async (job) => {
  const busy = new Problem('too-many-requests', 'Wait.', { retryAfterSeconds: 10 });
  expect((await refused(job, busy)).headers).toMatchObject({ 'Retry-After': '10', 'Cache-Control': 'no-store' });
  const plain = await refused(job, new Problem('platform-refused', 'No.'));
  expect(plain.headers).not.toHaveProperty('Retry-After');
});
