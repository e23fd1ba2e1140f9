import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { parseJson } from '../json.ts';
import { Problem } from '../problem.ts';
import { readBytes } from '../http/requestBody.ts';

/** Of what the sample service's clients send, the fields that it uses (docs/protocol/trusted-application-api.md §5). */
const fields = ['ApplicationSessionId', 'AllowedOrigins', 'MeetingUrl', 'Subject', 'Description'] as const;

/** The fields that were sent and are not blank. */
export type JobInput = Readonly<Partial<Record<(typeof fields)[number], string>>>;

const readers = new Map([
  ['application/json', entriesOfJson],
  ['text/json', entriesOfJson],
  ['application/x-www-form-urlencoded', entriesOfForm],
]);

/**
 * Reads a body as the framework of the sample service did: names in any letter case, of a repeated name the last, unknown
 * ones ignored, blanks and null as if they had not been sent. Throws `unsupported-media-type`, `payload-too-large`, and
 * `invalid-request` when there is no body or none that can be read: that framework told its controllers no difference.
 */
export async function readJobInput(request: HttpRequest): Promise<JobInput> {
  const bytes = await readBytes(request);
  if (bytes.byteLength === 0) throw noBody();
  // Whatever charset it names: only UTF-8 can be read, and it is spelt in many ways.
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';');
  const entriesOf = readers.get(mediaType.trim().toLowerCase());
  if (!entriesOf) {
    throw new Problem(
      'unsupported-media-type',
      'Send the body as application/json, text/json or application/x-www-form-urlencoded.',
    );
  }
  const byName = new Map(entriesOf(decode(bytes)).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = byName.get(field.toLowerCase())?.trim();
      return text ? [[field, text]] : [];
    }),
  );
}

type Entries = (readonly [name: string, value: string | undefined])[];

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw noBody();
  }
}

function entriesOfForm(text: string): Entries {
  return [...new URLSearchParams(text)];
}

const jsonObject = z.record(z.string(), z.unknown());
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

function entriesOfJson(text: string): Entries {
  const object = jsonObject.safeParse(parseJson(text));
  if (!object.success) throw noBody();
  return Object.entries(object.data).map(([name, value]) => [name, scalar.safeParse(value).data]);
}

function noBody(): Problem {
  return new Problem('invalid-request', 'Send the fields as a form or as a JSON object in UTF-8.');
}
