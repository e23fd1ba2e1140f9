import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isDeepStrictEqual } from 'node:util';
import { endpoints, type EndpointName } from '../../lib/contract/endpoints.ts';
import type { Reply } from '../support/reply.ts';

/** What of an OpenAPI 3.1 document a test reads. */
export interface Definition {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** Holds requests and answers against the schemas that the definition gives for exactly that operation and status. */
export interface Conformance {
  /** Fails for a status, media type, field or value that the definition does not have. */
  answer(endpoint: EndpointName, reply: Reply): void;
  /** Whether the definition takes this body. */
  takes(endpoint: EndpointName, body: unknown): boolean;
  /** `GetGuest 404` for everything that {@link answer} has seen. */
  readonly seen: ReadonlySet<string>;
}

const documentId = 'https://definition.example/';

/** Reads the definition with ajv, a validator that knows nothing of ours. */
export function conformanceWith(definition: Definition): Conformance {
  // Not strict: the document around the schemas is not one.
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ ...definition, $id: documentId });
  const seen = new Set<string>();
  const problemsOf = (steps: readonly string[], value: unknown): unknown => {
    const pointer = steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`);
    const $ref = `${documentId}#${pointer.join('')}`;
    const anyJson = isDeepStrictEqual(ajv.getSchema($ref)?.schema, {});
    // Closed, although the contract lets answers grow: what is sent today has to be written down today.
    ajv.validate({ $ref, unevaluatedProperties: anyJson }, value);
    return ajv.errors ?? [];
  };

  return {
    seen,
    answer(endpoint, { status, headers, text }) {
      const { operation, path, method, operationId } = operationOf(definition, endpoint);
      const response = operation.responses[status];
      if (!response) throw new Error(`${operationId} answered ${status}, which the definition does not list: ${text}`);
      seen.add(`${operationId} ${status}`);
      // The host's own, of which the description says that it has no body; ours names a caller who is an application.
      const isOfHost = status === 401 && text === '';
      if (!response.content || isOfHost) {
        expect(text).toBe('');
        return;
      }
      const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
      expect(Object.keys(response.content)).toContain(mediaType);
      const steps = ['paths', path, method, 'responses', String(status), 'content', mediaType, 'schema'];
      expect({ endpoint, status, problems: problemsOf(steps, JSON.parse(text)) }).toEqual({
        endpoint,
        status,
        problems: [],
      });
    },
    takes(endpoint, body) {
      const { path, method } = operationOf(definition, endpoint);
      const steps = ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema'];
      return JSON.stringify(problemsOf(steps, body)) === '[]';
    },
  };
}

/** `GetGuest 404` for every answer in the definition. */
export function listedAnswers({ paths }: Definition): string[] {
  return Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => `${operationId} ${status}`));
}

function operationOf(definition: Definition, endpoint: EndpointName) {
  const { route, method: upperCase, operationId } = endpoints[endpoint];
  const path = `/${route}`;
  const method = upperCase.toLowerCase();
  const operation = definition.paths[path]?.[method];
  if (operation?.operationId !== operationId) throw new Error(`${operationId} is not in the definition`);
  return { operation, path, method, operationId };
}
