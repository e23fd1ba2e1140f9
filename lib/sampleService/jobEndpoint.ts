import type { HttpFunctionOptions, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Problem } from '../problem.ts';
import type { SampleServiceMode } from '../settings/service.ts';
import { everyAnswer, headersOfRefusal, loggedHandler, requestTimeoutMs } from '../http/loggedHandler.ts';
import { frameworkError, json, type JobAnswer } from './jobAnswers.ts';
import { readJobInput, type JobInput } from './jobInput.ts';

/** An endpoint of the sample service. */
export interface Job {
  /** Its path below `/api`, and its name in the log. */
  readonly name: string;
  /** How it words a problem. Those of the media type and the size of a body are the framework's business. */
  readonly refusal: (problem: Problem) => JobAnswer;
}

/** What a job answers: properties in the order of the original, and strings only, as a client may force the types. */
export type JobResult = Readonly<Record<string, string>>;

/**
 * A job as a function: what `endpoint` is to the endpoints of our own contract, in the forms of the sample service.
 * @param mode who may call it; not registered at all when `off`.
 */
export function jobEndpoint(
  mode: Exclude<SampleServiceMode, 'off'>,
  { name, refusal }: Job,
  run: (input: JobInput, signal: AbortSignal) => Promise<JobResult>,
): HttpFunctionOptions {
  const answer = async (request: HttpRequest): Promise<HttpResponseInit> => {
    const input = await readJobInput(request);
    const result = await run(input, AbortSignal.timeout(requestTimeoutMs));
    return response(json(200, result), everyAnswer);
  };
  const refuse = (problem: Problem): HttpResponseInit => {
    const ofFramework = problem.code === 'unsupported-media-type' || problem.code === 'payload-too-large';
    const worded = ofFramework ? frameworkError(problem.status, problem.message) : refusal(problem);
    return response(worded, headersOfRefusal(problem));
  };

  return {
    methods: ['POST'],
    authLevel: mode === 'open' ? 'anonymous' : 'function',
    // The original's routes took a segment more, and ignored it.
    route: `${name}/{id?}`,
    handler: loggedHandler({ endpoint: name, answer, refuse }),
  };
}

function response({ status, contentType, body }: JobAnswer, headers: Record<string, string>): HttpResponseInit {
  return { status, headers: { ...headers, 'Content-Type': contentType }, body };
}
