import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy } from './bicep/deploy.ts';
import { mistakesIn, openBicep, type Parse } from './bicep/parse.ts';
import { namesUsed, readTemplate } from './bicep/template.ts';
import { leastVariables, mainTemplate, provision, variables } from './azd.ts';

const moduleFiles = readdirSync('infra/modules').map((file) => `infra/modules/${file}`);
const files = [mainTemplate, ...moduleFiles];
const withText = files.map((path) => [path, readFileSync(path, 'utf8')] as const);
let parse: Parse;

beforeAll(async () => {
  parse = await openBicep();
});

test.each(withText)('%s is Bicep', (_, text) => {
  expect(mistakesIn(parse(text))).toEqual([]);
  // What says so can also say no.
  expect(mistakesIn(parse(`${text}\nvar broken = {`))).not.toEqual([]);
});

test.each(files)('%s uses everything that it declares', (path) => {
  const template = readTemplate(parse, path);
  const used = namesUsed(template);
  const declared = [...template.parameters.keys(), ...template.variables.keys()];
  expect(declared.filter((name) => !used.has(name))).toEqual([]);
});

test('every module is part of the deployment, and none comes from elsewhere', () => {
  const used = [...readTemplate(parse, mainTemplate).modules.values()].map(({ file }) => `infra/${file}`);
  expect(used.toSorted()).toEqual(moduleFiles.toSorted());
});

test.each(withText)('%s reads no key, and names no secret', (_, text) => {
  expect(text).not.toMatch(/\blist[A-Z]\w*\(|AccountKey|connectionStrings|getSecret|sharedAccess/);
});

describe('a mistake is found before Azure would find it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bicep-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const deployText = (main: string, given = {}): unknown => {
    writeFileSync(join(folder, 'module.bicep'), 'param size int\noutput whole int = size');
    writeFileSync(join(folder, 'main.bicep'), main);
    return deploy(parse, join(folder, 'main.bicep'), given);
  };
  const call = (params: string): string => `module m 'module.bicep' = { params: { ${params} } }`;

  test.each([
    ['a name that is not declared', 'var a = b', {}, 'b is not declared'],
    ['a function that does not exist', "var a = emtpy('')", {}, 'no function emtpy'],
    ['a property that is not there', "var a = { b: 'c' }\nvar d = a.c", {}, 'no c in'],
    ['a parameter that is missing', 'param a string', {}, 'a is missing'],
    ['a parameter of another type', 'param a string', { a: 1 }, 'a is not of type string'],
    ['a value outside of those allowed', "@allowed(['x'])\nparam a string", { a: 'y' }, 'a breaks allowed'],
    ['a number that is too high', '@maxValue(3)\nparam a int', { a: 4 }, 'a breaks maxValue'],
    ['a parameter of a module that is missing', call(''), {}, 'size is missing'],
    ['a parameter that a module does not have', call("size: 1, colour: 'red'"), {}, 'no parameter colour'],
    ['an output that a module does not have', `${call('size: 1')}\nvar a = m.outputs.half`, {}, 'half'],
    ['a module that does not exist', "module m 'modul.bicep' = { params: {} }", {}, 'modul.bicep'],
    ['a loop', 'var a = b\nvar b = a', {}, 'needs itself'],
  ])('%s', (_, text, given, message) => {
    expect(() => deployText(text, given)).toThrow(message);
  });
});

test('azd asks for what has no default, and for nothing else', async () => {
  const { parameters } = readTemplate(parse, mainTemplate);
  const required = [...parameters].filter(([, { defaultValue }]) => !defaultValue).map(([name]) => name);
  expect(required).toEqual(['environmentName', 'location', 'allowedOrigins', 'meetingPlatforms']);
  await expect(provision({ ALLOWED_ORIGINS: '' })).rejects.toThrow('azd asks for allowedOrigins');
});

test('a string that azd fills has no default but the empty one, over which azd would pass the empty one anyway', () => {
  const { parameters } = readTemplate(parse, mainTemplate);
  const strings = [...parameters.values()].filter(({ type }) => type === 'string');
  expect(new Set(strings.map(({ defaultValue }) => defaultValue?.text))).toEqual(new Set([undefined, "''"]));
});

test('every parameter is read from a variable of its own, named like the setting that it fills', () => {
  const { parameters } = readTemplate(parse, mainTemplate);
  expect([...variables().keys()].toSorted()).toEqual([...parameters.keys()].toSorted());
  expect(new Set(variables().values()).size).toBe(parameters.size);
  const named = [...variables()].filter(([, variable]) => !variable.startsWith('AZURE_'));
  expect(named.map(([name]) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase())).toEqual(
    named.map(([, variable]) => variable),
  );
});

test('outputs tell names and addresses, and take no name that a parameter is read from', async () => {
  const secret = 'https://prod-01.westeurope.logic.azure.com/workflows/x?sig=very-secret';
  const { outputs, resources } = await provision({ ...leastVariables, ALERT_WEBHOOK_URL: secret });
  expect(JSON.stringify(resources)).toContain(secret);
  expect(JSON.stringify(outputs)).not.toContain('very-secret');
  expect(outputs).toMatchObject({
    AZURE_RESOURCE_GROUP: 'rg-production',
    VAULT_GUEST_KEYS_NAME: 'guest-keys',
    SERVICE_URL: expect.stringMatching(/^https:\/\/func-\w+\.azurewebsites\.net$/) as string,
  });
  const read = new Set(variables().values());
  expect(Object.keys(outputs).filter((name) => read.has(name))).toEqual([]);
});

test('what may hold a signature is a secure parameter all the way to the app', () => {
  const decorators = (path: string, name: string): (string | undefined)[] | undefined =>
    readTemplate(parse, path)
      .parameters.get(name)
      ?.decorators.map(({ text }) => text);
  expect(decorators(mainTemplate, 'alertWebhookUrl')).toContain('secure()');
  expect(decorators('infra/modules/appSettings.bicep', 'settings')).toContain('secure()');
});
