import * as z from 'zod';

/** What the doctor may know of an error, or of a cause of it. */
interface Cause {
  readonly name: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  /** To be looked at, never shown: it can carry what an upstream said, a secret even. */
  readonly message: string;
  readonly details: unknown;
}

/** The error and its causes, outermost first: the parts of the service hide from callers why they failed, not from us. */
export function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let next = error; causes.length < 6;) {
    const heading = errorLike.safeParse(next).data;
    if (!heading) break;
    const { code, status, statusCode, details } = fields.parse(ownFieldsOf(next));
    causes.push({ name: heading.name, code, status: status ?? statusCode, message: heading.message, details });
    next = heading.cause;
  }
  return causes;
}

// By its form and not by its class, which is another one in each of Node's realms.
const errorLike = z.object({ name: z.string(), message: z.string(), cause: z.unknown().optional() });

/** Without what the class computes: the status of a problem is the one that callers get. */
function ownFieldsOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

// Of any form: what does not fit is as good as absent.
const fields = z.object({
  code: z.string().optional().catch(undefined),
  status: z.number().optional().catch(undefined),
  statusCode: z.number().optional().catch(undefined),
  details: z.unknown().optional(),
});

/** What a server of Azure answered: its status, and the code in its body. */
interface AzureAnswer {
  readonly status: number;
  /** A word such as `TableNotFound`; the innermost, which says most. */
  readonly code: string;
}

const word = z.string().regex(/^[A-Za-z]{1,64}$/);
const ofVault = z.object({ error: z.object({ innerError: z.object({ code: word }).optional() }) });
const ofStorage = z.object({ errorCode: word });

/** The answer that a call to Azure failed with; undefined if there was none. */
export function azureAnswerOf(error: unknown): AzureAnswer | undefined {
  const cause = causesOf(error).find(({ status }) => status !== undefined);
  if (cause?.status === undefined) return undefined;
  const [, inBody] = /(?:"code":\s*"|<Code>)([A-Za-z]{1,64})/.exec(cause.message) ?? [];
  const inner = ofVault.safeParse(cause.details).data?.error.innerError?.code;
  const inHeader = ofStorage.safeParse(cause.details).data?.errorCode;
  return { status: cause.status, code: inner ?? inBody ?? inHeader ?? cause.code ?? '' };
}
