import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { asObject } from './bicep/values.ts';
import { provision, theResource } from './azd.ts';

const command = z.strictObject({ shell: z.enum(['sh', 'pwsh']), run: z.string() });
const hook = z.strictObject({ posix: command, windows: command });
/** What this project says of what azd knows (its schema v1.0): nothing else may stand there. */
const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  requiredVersions: z.strictObject({ azd: z.string() }),
  infra: z.strictObject({ provider: z.literal('bicep'), path: z.string(), module: z.string() }),
  hooks: z.strictObject({ postprovision: hook }),
  services: z.record(
    z.string(),
    z.strictObject({
      project: z.string(),
      language: z.enum(['js', 'ts']),
      host: z.literal('function'),
      dist: z.string(),
      remoteBuild: z.boolean(),
      hooks: z.strictObject({ prepackage: hook }),
    }),
  ),
});
const azureYaml = schema.parse(parse(readFileSync('azure.yaml', 'utf8')));
const { api } = azureYaml.services;

test('azd finds the templates and their parameters', () => {
  const { path, module } = azureYaml.infra;
  expect(existsSync(`${path}/${module}.bicep`)).toBe(true);
  expect(existsSync(`${path}/${module}.parameters.json`)).toBe(true);
});

test('there is one service, and the function app carries its name', async () => {
  const [service, ...others] = Object.keys(azureYaml.services);
  expect(others).toEqual([]);
  const { body } = theResource(await provision(), 'Microsoft.Web/sites');
  expect(asObject(body['tags'])['azd-service-name']).toBe(service);
});

test('what is deployed is built here, from the lock file, and staged where azd takes it from', () => {
  expect(api?.remoteBuild).toBe(false);
  const { posix, windows } = api?.hooks.prepackage ?? {};
  expect(posix?.run).toBe(`npm ci && npm run build && node infra/hooks/stageDeployment.js ${String(api?.dist)}`);
  expect(windows?.run).toBe(posix?.run);
});

test('the staged folder is no part of the repository', () => {
  const ignored = readFileSync('.gitignore', 'utf8').split('\n');
  expect(ignored).toContain(`${String(api?.dist.split('/')[0])}/`);
});

// azd: 'remoteBuild: false' cannot be used when '.funcignore' excludes node_modules.
test('no .funcignore stands in the way', () => {
  expect(existsSync('.funcignore')).toBe(false);
});

test('the guest keys are made after the vault, on every kind of machine', () => {
  const { posix, windows } = azureYaml.hooks.postprovision;
  expect(posix.run).toBe('node infra/hooks/makeGuestKeys.js');
  expect(windows.run).toBe(posix.run);
});

test('azd is new enough to heed remoteBuild', () => {
  expect(azureYaml.requiredVersions.azd).toBe('>= 1.23.5');
});
