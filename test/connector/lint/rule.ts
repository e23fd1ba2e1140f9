import { operationsOf, type Operation, type Placed, type Schema, type Swagger } from './swagger.ts';

/** A rule for the definitions of connectors, with examples of what it has to catch. */
export interface Rule {
  readonly rule: string;
  /** What breaks the rule, in words; empty if nothing does. */
  readonly findings: (swagger: Swagger) => string[];
  /** Changes after which the rule is broken, by what they are. */
  readonly brokenBy: Readonly<Record<string, (swagger: Swagger) => void>>;
}

/** A rule on each operation: what `complaintOf` says of it. */
export function forOperations(complaintOf: (placed: Placed, swagger: Swagger) => string | false): Rule['findings'] {
  return (swagger) =>
    operationsOf(swagger).flatMap((placed) => {
      const complaint = complaintOf(placed, swagger);
      return complaint === false ? [] : [`${placed.name}: ${complaint}`];
    });
}

/** For examples: an operation that is in the definition. */
export function operationNamed(swagger: Swagger, operationId: string): Operation {
  const placed = operationsOf(swagger).find(({ operation }) => operation.operationId === operationId);
  if (!placed) throw new Error(`the definition has no ${operationId}`);
  return placed.operation;
}

/** For examples: a property of a definition, such as `Guest.guestId`. */
export function propertyAt(swagger: Swagger, place: string): Schema {
  const [id = '', name = ''] = place.split('.');
  const found = swagger.definitions[id]?.properties?.[name];
  if (!found) throw new Error(`the definition has no ${place}`);
  return found;
}

const products = [
  'Power Automate',
  'Power Apps',
  'Power Platform',
  'Power BI',
  'Logic Apps',
  'Copilot Studio',
  'Dataverse',
];

/** A product of Microsoft's that connectors may not name, if the text does. */
export function productIn(text: string): string | undefined {
  return products.find((product) => text.toLowerCase().includes(product.toLowerCase()));
}
