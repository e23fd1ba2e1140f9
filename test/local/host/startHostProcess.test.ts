import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startHostProcess, type HostProcess } from '../../../local/host/startHostProcess.ts';
import { startSimulator } from '../../../local/simulator/simulator.ts';
import { pem, pemFile } from '../../support/pem.ts';
import { becomesUnreachable, firstLineThenKill } from '../processes.ts';
import { buildApp } from './builtApp.ts';

const functionKey = 'the key';
const greeting = `
  import { app } from '@azure/functions';
  app.http('greet', {
    methods: ['GET'], authLevel: 'function', route: 'greet/{name}',
    handler: (request, context) => {
      context.warn('greeting\\n' + request.params.name);
      return { jsonBody: { setting: process.env.SETTING, removed: process.env.REMOVED ?? 'removed' } };
    },
  });`;
const who = `
  import { app } from '@azure/functions';
  app.http('who', {
    methods: ['GET'], authLevel: 'anonymous',
    handler: (request) => ({ jsonBody: { on: process.env.WEBSITE_AUTH_ENABLED, is: request.headers.get('x-ms-client-principal-id') } }),
  });`;
const slow = `
  import { app } from '@azure/functions';
  app.http('slow', {
    methods: ['GET'], authLevel: 'anonymous',
    handler: async (request, context) => {
      context.log('under way');
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { body: 'done' };
    },
  });`;

let app: Awaited<ReturnType<typeof buildApp>>;
let host: HostProcess;

beforeAll(async () => {
  process.env['REMOVED'] = 'still there';
  app = await buildApp({ 'greet.ts': greeting, 'slow.ts': slow, 'who.ts': who });
  host = await startHostProcess({
    appFolder: app.folder,
    functionKey,
    cors: 'https://advisor.example',
    environment: { SETTING: 'set', REMOVED: undefined, WEBSITE_AUTH_ENABLED: 'forged' },
  });
});
afterAll(async () => {
  await host.stop();
  app.remove();
});

it('serves the built app with its host.json, settings, key and CORS', async () => {
  expect(host.functions).toEqual(['greet', 'slow', 'who']);
  const url = `${host.url}/built/greet/you`;
  expect((await fetch(url)).status).toBe(401);
  const response = await fetch(url, { headers: { 'x-functions-key': functionKey, origin: 'https://advisor.example' } });
  expect(await response.json()).toEqual({ setting: 'set', removed: 'removed' });
  expect(response.headers.get('access-control-allow-origin')).toBe('https://advisor.example');
});

it('prints that it is ready, and one line for each line of the log', () => {
  expect(host.output()).toContain(`Ready on ${host.url}: greet, slow, who\n`);
  expect(host.output()).toContain('warning greet: greeting | you\n');
});

it('says so when the port is taken', async () => {
  const port = Number(new URL(host.url).port);
  await expect(startHostProcess({ appFolder: app.folder, functionKey, port })).rejects.toThrow(
    `The host cannot listen on port ${port}: it is taken.`,
  );
});

it('stands behind App Service authentication, and has it in its environment', async () => {
  const simulator = await startSimulator({ tls: { key: pem('key'), cert: pem('cert') } });
  const { applications, accessToken, api } = simulator.callers;
  const guarded = await startHostProcess({
    appFolder: app.folder,
    functionKey,
    environment: { NODE_EXTRA_CA_CERTS: pemFile('ca'), WEBSITE_AUTH_ENABLED: 'forged' },
    authentication: { ...api, excludedPaths: [] },
  });
  try {
    const headers = { authorization: `Bearer ${accessToken({ application: applications.advisorApp })}` };
    expect((await fetch(`${guarded.url}/built/who`)).status).toBe(401);
    expect(await (await fetch(`${guarded.url}/built/who`, { headers })).json()).toEqual({
      on: 'True',
      is: applications.advisorApp.objectId,
    });
    expect(await (await fetch(`${host.url}/built/who`, { headers })).json()).toEqual({ on: 'False', is: null });
  } finally {
    await Promise.all([guarded.stop(), simulator.stop()]);
  }
});

it('is gone when the process that started it is killed', async () => {
  const parent = join(app.folder, 'parent.mts');
  writeFileSync(
    parent,
    `import { startHostProcess } from ${JSON.stringify(resolve('local/host/startHostProcess.ts'))};
     const host = await startHostProcess({ appFolder: ${JSON.stringify(app.folder)}, functionKey: 'k' });
     console.log(host.url);`,
  );
  const url = await firstLineThenKill(parent);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await becomesUnreachable(url)).toBe(true);
  rmSync(parent);
});

it('finishes what is under way when it is stopped', async () => {
  const answer = fetch(`${host.url}/built/slow`);
  while (!host.output().includes('under way')) await new Promise((resolve) => setImmediate(resolve));
  await host.stop();
  expect(await (await answer).text()).toBe('done');
  expect(await becomesUnreachable(host.url)).toBe(true);
});
