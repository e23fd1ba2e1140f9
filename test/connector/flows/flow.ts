import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

const host = z.object({ connectionName: z.string(), operationId: z.string(), apiId: z.string() });
const secureData = z.object({ secureData: z.object({ properties: z.array(z.enum(['inputs', 'outputs'])) }) });

const trigger = z.looseObject({
  type: z.string(),
  inputs: z.looseObject({
    host: host.optional(),
    parameters: z.record(z.string(), z.unknown()).default({}),
    schema: z.unknown().optional(),
  }),
  runtimeConfiguration: secureData.optional(),
});
export type Trigger = z.infer<typeof trigger>;

const action = z.looseObject({
  type: z.string(),
  inputs: z.unknown().optional(),
  expression: z.unknown().optional(),
  runAfter: z.record(z.string(), z.array(z.enum(['Succeeded', 'Failed', 'Skipped', 'TimedOut']))),
  runtimeConfiguration: secureData.optional(),
  get actions() {
    return z.record(z.string(), action).optional();
  },
  get else() {
    return z.object({ actions: z.record(z.string(), action) }).optional();
  },
  get cases() {
    return z.record(z.string(), z.object({ case: z.string(), actions: z.record(z.string(), action) })).optional();
  },
  get default() {
    return z.object({ actions: z.record(z.string(), action) }).optional();
  },
});
export type Action = z.infer<typeof action>;

/** What a connector's action or trigger calls. */
export const connectorInputs = z.looseObject({ host, parameters: z.record(z.string(), z.unknown()) });

/** A flow as it is exported in a solution. */
export const flowSchema = z.object({
  schemaVersion: z.literal('1.0.0.0'),
  properties: z.object({
    connectionReferences: z.record(
      z.string(),
      z.object({
        runtimeSource: z.literal('embedded'),
        connection: z.object({ connectionReferenceLogicalName: z.string() }),
        api: z.object({ name: z.string() }),
      }),
    ),
    definition: z.object({
      $schema: z.string().endsWith('/2016-06-01/workflowdefinition.json#'),
      contentVersion: z.literal('1.0.0.0'),
      parameters: z.object({ $connections: z.unknown(), $authentication: z.unknown() }),
      triggers: z.record(z.string(), trigger),
      actions: z.record(z.string(), action),
    }),
  }),
});
export type Flow = z.infer<typeof flowSchema>;

/** An action where it stands. */
export interface Step {
  readonly name: string;
  readonly action: Action;
  /** The names on its level: what it may run after. */
  readonly level: readonly string[];
  /** Every step that has run before it, whatever way the flow has come. */
  readonly before: ReadonlySet<string>;
}

/** Every action of a flow, those inside others too. */
export function stepsOf({ properties: { definition } }: Flow): Step[] {
  return stepsOn(definition.actions, new Set());
}

function stepsOn(actions: Readonly<Record<string, Action>>, outside: ReadonlySet<string>): Step[] {
  const level = Object.keys(actions);
  const beforeOf = (name: string, on: readonly string[] = []): string[] =>
    Object.keys(actions[name]?.runAfter ?? {})
      .filter((other) => !on.includes(other))
      .flatMap((other) => [other, ...beforeOf(other, [...on, other])]);
  return Object.entries(actions).flatMap(([name, one]) => {
    const before = new Set([...outside, ...beforeOf(name)]);
    const within = [one.actions, one.else?.actions, one.default?.actions];
    const inCases = Object.values(one.cases ?? {}).map((inCase) => inCase.actions);
    const inside = [...within, ...inCases].flatMap((nested) => (nested ? stepsOn(nested, before) : []));
    return [{ name, action: one, level, before }, ...inside];
  });
}

const folder = 'connector/flows';

/** The committed sample flows by name. */
export function readFlows(): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as unknown,
    ]),
  );
}
