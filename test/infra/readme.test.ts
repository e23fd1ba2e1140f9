import { existsSync, readFileSync } from 'node:fs';
import { provision, variables } from './azd.ts';

const page = readFileSync('infra/README.md', 'utf8');
const namesIn = (pattern: RegExp): string[] => [...new Set(page.match(pattern))];

test('every endpoint that gets a key is a function', () => {
  const endpoints = namesIn(/(?<=^for endpoint in ).*(?=; do$)/gm).flatMap((list) => list.split(' '));
  expect(endpoints.length).toBeGreaterThan(1);
  expect(endpoints.filter((endpoint) => !existsSync(`functions/${endpoint}.ts`))).toEqual([]);
});

test('every setting that it names is read by the deployment', () => {
  const named = [...namesIn(/(?<=azd env set )[A-Z_]+/g), ...namesIn(/(?<=^\| `)[A-Z_]+(?=` \|)/gm)];
  const read = new Set(variables().values());
  expect(named.filter((name) => !read.has(name))).toEqual([]);
});

test('what it names besides the settings is all that is read besides the settings', () => {
  const settings = readFileSync('local.settings.sample.json', 'utf8');
  const besides = [...variables().values()].filter(
    (name) => !name.startsWith('AZURE_') && !settings.includes(`"${name}"`),
  );
  expect(namesIn(/(?<=^\| `)[A-Z_]+(?=` \|)/gm).toSorted()).toEqual(besides.toSorted());
});

test('its defaults are those of the deployment', async () => {
  const defaults = new Map(
    [...page.matchAll(/^\| `([A-Z_]+)` \| `?([\w]+)`? \|/gm)].map(([, name, value]) => [name, value]),
  );
  const sent = JSON.stringify((await provision()).resources);
  expect(sent).toContain(`"instanceCount":${defaults.get('ALWAYS_READY_INSTANCES')}`);
  expect(sent).toContain(`"maximumInstanceCount":${defaults.get('MAXIMUM_INSTANCES')}`);
  expect(sent).toContain(`"instanceMemoryMB":${defaults.get('INSTANCE_MEMORY_MB')}`);
  expect(sent).toContain(`"perInstanceConcurrency":${defaults.get('HTTP_CONCURRENCY')}`);
  expect(sent).toContain(`"sku":{"name":"${defaults.get('GUEST_STORAGE_SKU')}"}`);
});

test('what its commands take from azd is an output', async () => {
  const used = namesIn(/(?<=\$)[A-Z_]+/g);
  expect(used).toContain('VAULT_NAME');
  const { outputs } = await provision();
  expect(used.filter((name) => !(name in outputs))).toEqual([]);
});
