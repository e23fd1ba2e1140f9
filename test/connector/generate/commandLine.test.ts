import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, readCommandLine } from '../../../connector/generate/commandLine.ts';
import { committedFiles } from '../../../connector/generate/files.ts';

const place = ['--host', 'join.bank.example', '--to', 'out'];
const tenantId = '11111111-0000-4000-8000-000000000001';
const clientId = '11111111-0000-4000-8000-000000000002';
const resource = 'api://11111111-0000-4000-8000-000000000003';
const entra = ['--tenant-id', tenantId, '--client-id', clientId, '--resource', resource];

const definitionOf = (args: readonly string[]) =>
  JSON.parse(String(readCommandLine(args)?.files['apiDefinition.swagger.json'])) as Record<string, unknown>;

test('without a word, the committed files are written anew', () => {
  expect(readCommandLine([])).toEqual({ folder: 'connector', files: committedFiles() });
});

test('for a deployment, the definition names its host', () => {
  const writing = readCommandLine(place);
  expect(writing?.folder).toBe('out');
  expect(Object.keys(writing?.files ?? {})).toEqual(['apiDefinition.swagger.json', 'apiProperties.json', 'icon.png']);
  expect(definitionOf(place)).toMatchObject({ host: 'join.bank.example', security: [{ api_key: [] }] });
});

test('for a deployment with Entra, both files say how to sign in', () => {
  expect(definitionOf([...place, ...entra])).toMatchObject({
    host: 'join.bank.example',
    securityDefinitions: {
      oauth2_auth: {
        type: 'oauth2',
        flow: 'accessCode',
        authorizationUrl: `https://login.microsoftonline.com/${tenantId}/oauth2/authorize`,
        tokenUrl: `https://login.microsoftonline.com/${tenantId}/oauth2/token`,
      },
    },
    security: [{ oauth2_auth: [] }],
  });
  const properties = String(readCommandLine([...place, ...entra])?.files['apiProperties.json']);
  for (const value of [tenantId, clientId, resource]) expect(properties).toContain(`"${value}"`);
  expect(properties).not.toContain('api_key');
});

test.each([
  [['--host', 'join.bank.example']],
  [['--to', 'out']],
  [['--host', 'https://join.bank.example', '--to', 'out']],
  [['--host', 'join.bank.example/api', '--to', 'out']],
  [['--host', 'join.bank.example:8443', '--to', 'out']],
  [['--host', '127.0.0.1', '--to', 'out']],
  [['--host', 'Join.Bank.Example', '--to', 'out']],
  [[...place, '--tenant-id', tenantId]],
  [[...place, '--tenant-id', 'contoso', '--client-id', clientId, '--resource', resource]],
  [[...place, '--tenant-id', tenantId, '--client-id', clientId]],
  [[...place, '--tenant-id', tenantId, '--client-id', clientId, '--resource', 'the service']],
  [[...place, '--client-secret', 'A3ddj3w']],
  [['out']],
])('%j is not understood', (args) => {
  expect(readCommandLine(args)).toBeUndefined();
});

test('the command writes the files, and says how to use it when it is not understood', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connector-'));
  const errors: string[] = [];
  const run = (...args: string[]) => main(args, { log: () => undefined, error: (text: string) => errors.push(text) });
  try {
    const to = join(folder, 'new');
    expect(run('--host', 'join.bank.example', '--to', to)).toBe(0);
    expect(errors).toEqual([]);
    expect(readdirSync(to).sort()).toEqual(['apiDefinition.swagger.json', 'apiProperties.json', 'icon.png']);
    expect(readFileSync(join(to, 'apiDefinition.swagger.json'), 'utf8')).toContain('"host": "join.bank.example"');
    expect(run('--host', 'join.bank.example')).toBe(2);
    expect(errors.join()).toContain('npm run connector -- --host');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
