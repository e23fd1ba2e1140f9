import { resolved, type Placed, type Schema, type Swagger } from './lint/swagger.ts';

/** One thing that an operation takes. */
interface Input {
  /** As flows name it: `guestId`, `Idempotency-Key`, and for a field of the body `body/meetingUrl`. */
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  /** Filled in by the platform, and never by a flow. */
  readonly isInternal: boolean;
  /** What a field of the body may be. */
  readonly schema: Schema | undefined;
}

/** Everything that an operation takes. */
export function inputsOf(swagger: Swagger, { parameters }: Placed): Input[] {
  return parameters.flatMap((one): Input[] => {
    const { name = '', in: place = '', required: isRequired = false } = one;
    const isInternal = one['x-ms-visibility'] === 'internal';
    if (place !== 'body') return [{ name, in: place, isRequired, isInternal, schema: undefined }];
    const { properties = {}, required = [] } = resolved(swagger, one.schema) ?? {};
    return Object.entries(properties).map(([field, schema]) => ({
      name: `${name}/${field}`,
      in: place,
      isRequired: required.includes(field),
      isInternal: schema['x-ms-visibility'] === 'internal',
      schema,
    }));
  });
}
