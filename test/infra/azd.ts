import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { deploy, type Deployed, type Deployment } from './bicep/deploy.ts';
import { openBicep } from './bicep/parse.ts';
import { readTemplate } from './bicep/template.ts';
import { asObject, type Values } from './bicep/values.ts';

export const mainTemplate = 'infra/main.bicep';
const parameterFile = z.object({
  parameters: z.record(z.string(), z.strictObject({ value: z.string().regex(/^\$\{[A-Z_]+\}$/) })),
});

/** The variable of azd's environment that each parameter is read from. */
export function variables(): ReadonlyMap<string, string> {
  const { parameters } = parameterFile.parse(JSON.parse(readFileSync('infra/main.parameters.json', 'utf8')));
  return new Map(Object.entries(parameters).map(([name, { value }]) => [name, value.slice(2, -1)]));
}

/** What azd sets by itself. */
const ownVariables = { AZURE_ENV_NAME: 'production', AZURE_LOCATION: 'westeurope' };

/** The least that has to be set for the Trusted Application platform. */
export const leastVariables = {
  MEETING_PLATFORMS: 'trusted-application',
  ALLOWED_ORIGINS: 'https://www.contoso.example',
  ENTRA_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  TRUSTED_APPLICATION_ENDPOINT_ID: 'sip:helpdesk@contoso.example',
};

/**
 * What `azd provision` would send to Azure. As azd does (armParameterFileValue in its Bicep provider): a variable that is not
 * set counts as ''; '' is passed for a string with another default, leaves a parameter with the same default or of type int
 * alone, and makes azd ask where there is no default.
 */
export async function provision(environment: Readonly<Record<string, string>> = {}): Promise<Deployment> {
  const parse = await openBicep();
  const { parameters } = readTemplate(parse, mainTemplate);
  const set: Readonly<Record<string, string>> = { ...ownVariables, ...leastVariables, ...environment };
  const passed = [...variables()].flatMap(([name, variable]) => {
    const { type, defaultValue } = parameters.get(name) ?? {};
    const value = set[variable] ?? '';
    if (value === '' && !defaultValue) throw new Error(`azd asks for ${name}.`);
    if (value === '' && (type === 'int' || defaultValue?.text === "''")) return [];
    return [[name, type === 'int' ? Number(value) : value] as const];
  });
  return deploy(parse, mainTemplate, Object.fromEntries(passed));
}

/** The resources of one type. */
export function resourcesOf({ resources }: Deployment, type: string): Deployed[] {
  return resources.filter((resource) => resource.type === type);
}

/** The only resource of a type and, where that does not tell it from others, with a name. */
export function theResource(deployment: Deployment, type: string, name = /./): Deployed {
  const [first, ...others] = resourcesOf(deployment, type).filter((resource) => name.test(resource.name));
  if (!first || others.length > 0) throw new Error(`There is not one ${type} ${String(name)}.`);
  return first;
}

/** The app settings of the function app. */
export function appSettingsOf(deployment: Deployment): Values {
  return asObject(theResource(deployment, 'Microsoft.Web/sites/config', /^appsettings$/).body['properties']);
}
