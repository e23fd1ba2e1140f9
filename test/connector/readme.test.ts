import { existsSync, readFileSync } from 'node:fs';
import { readCommandLine } from '../../connector/generate/commandLine.ts';
import { iconBrandColor } from '../../connector/generate/connection.ts';
import { placeholderHost } from '../../connector/generate/files.ts';
import { operations } from '../../connector/generate/operations.ts';
import { endpoints, type EndpointDefinition } from '../../lib/contract/endpoints.ts';
import { serviceSchema } from '../../lib/settings/service.ts';

const readme = readFileSync('connector/readme.md', 'utf8');

/** What stands under a heading of the second level. */
function section(title: string): string {
  return readme.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
}

test('it has the headings of the public repository’s template, in its order', () => {
  expect(readme).toMatch(/^# Anonymous Join\n/);
  expect([...readme.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
    'Publisher: Contoso',
    'Prerequisites',
    'Supported Operations',
    'Obtaining Credentials',
    'Getting Started',
    'Known Issues and Limitations',
    'Frequently Asked Questions',
    'Deployment Instructions',
  ]);
});

test('it describes every operation that a flow maker sees, and no other, in the order of the connector', () => {
  const described = [...section('Supported Operations').matchAll(/^### (.*)$/gm)].map(([, title]) => title);
  const seen = operations.filter(({ visibility }) => visibility !== 'internal');
  expect(described).toEqual(seen.map(({ endpoint }) => endpoint.summary));
});

test('the key is made for exactly the functions that the connector calls', () => {
  const [, list = ''] = /for endpoint in ([^;]+);/.exec(section('Obtaining Credentials')) ?? [];
  const called = Object.entries<EndpointDefinition>(endpoints).filter(([, endpoint]) =>
    operations.some((one) => one.endpoint === endpoint),
  );
  expect(list.split(/[\s\\]+/).sort()).toEqual(called.map(([name]) => name).sort());
});

test('its commands are understood, and its examples are of nobody', () => {
  const commands = [...section('Deployment Instructions').matchAll(/^npm run connector -- (.*)$/gm)];
  expect(commands).toHaveLength(2);
  for (const [, args = ''] of commands) expect(readCommandLine(args.split(' '))?.folder).toBe('out');
  expect(readme).toContain(`name \`${placeholderHost}\``);
});

test('its links lead to files', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((link) => !existsSync(`connector/${link}`))).toEqual([]);
});

test('it knows the colour of the icon, and the hosts that notifications go to by default', () => {
  expect(readme).toContain(`\`${iconBrandColor}\``);
  const hosts = serviceSchema(false, []).shape.WEBHOOK_HOSTS.parse(undefined);
  for (const { host } of hosts) expect(section('Known Issues')).toContain(`\`${host}\``);
});
