import { infoRules } from './infoRules.ts';
import { operationRules } from './operationRules.ts';
import { parameterRules } from './parameterRules.ts';
import type { Rule } from './rule.ts';
import { schemaRules } from './schemaRules.ts';
import { triggerRules } from './triggerRules.ts';
import { wordRules } from './wordRules.ts';

/** What Microsoft's public guidelines and its validator ask of a connector's definition. */
export const rules: readonly Rule[] = [
  ...infoRules,
  ...operationRules,
  ...wordRules,
  ...parameterRules,
  ...schemaRules,
  ...triggerRules,
];
