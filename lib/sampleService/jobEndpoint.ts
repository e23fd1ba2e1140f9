import type { HttpResponseInit } from '@azure/functions';
import { anybody } from '../http/authenticate.ts';
import type { HttpEndpoint } from '../http/pipeline.ts';
import { everyAnswer, headersOfRefusal } from '../http/responses.ts';
import type { UseCases } from '../http/useCases.ts';
import type { Problem } from '../problem.ts';
import { readJobInput, type JobInput } from './jobInput.ts';

/** What an endpoint of the sample service writes, without the headers that all answers carry. */
export interface JobAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What a job answers: properties in the order of the original, and strings only, as a client may force the types. */
export type JobResult = Readonly<Record<string, string>>;

/** An endpoint of the sample service. */
export interface Job {
  /** Its path below `/api`, and its name in the log. */
  readonly name: string;
  /** How it words a problem. Media type and size of a body were judged by the framework, in words of its own. */
  readonly refusal: (problem: Problem) => JobAnswer;
  readonly run: (input: JobInput, useCases: UseCases, signal: AbortSignal) => Promise<JobResult>;
}

/** A job as an endpoint: the pipeline of all endpoints, with requests and answers in the forms of the sample service. */
export function jobEndpoint({ name, refusal, run }: Job): HttpEndpoint<JobInput, JobResult> {
  return {
    name,
    method: 'POST',
    // The original's routes took a segment more, and ignored it.
    route: `${name}/{id?}`,
    auth: 'sample-service',
    authenticate: anybody,
    validate: readJobInput,
    handle: ({ input, signal }, useCases) => run(input, useCases, signal),
    respond: (result) => response(json(200, result), everyAnswer),
    refuse(problem) {
      const ofFramework = problem.code === 'unsupported-media-type' || problem.code === 'payload-too-large';
      const worded = ofFramework ? frameworkError(problem.status, problem.message) : refusal(problem);
      return response(worded, headersOfRefusal(problem));
    },
  };
}

function response({ status, contentType, body }: JobAnswer, headers: Record<string, string>): HttpResponseInit {
  return { status, headers: { ...headers, 'Content-Type': contentType }, body };
}

/** What the framework of the sample service made: results, and its own errors. */
function json(status: number, body: JobResult): JobAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

/** An error of the framework itself. */
export function frameworkError(status: number, message: string): JobAnswer {
  return json(status, { Message: message });
}

/** What the controllers wrote into an answer themselves: they named no charset. */
export function ownText(status: number, body: string): JobAnswer {
  return { status, contentType: 'application/json', body };
}
