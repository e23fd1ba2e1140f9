import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { asObject, type Values } from '../bicep/values.ts';
import { provision, resourcesOf, theResource } from '../azd.ts';

const siteOf = async (environment: Record<string, string> = {}) =>
  theResource(await provision(environment), 'Microsoft.Web/sites').body;

async function corsWith(origins: string): Promise<Values> {
  const properties = asObject((await siteOf({ CORS_ORIGINS: origins }))['properties']);
  return asObject(asObject(properties['siteConfig'])['cors']);
}

test('it runs on Flex Consumption, on a version of Node that the package promises', async () => {
  const deployment = await provision();
  const { body } = theResource(deployment, 'Microsoft.Web/serverfarms');
  expect(body).toMatchObject({ sku: { name: 'FC1', tier: 'FlexConsumption' }, properties: { reserved: true } });

  const runtime = asObject(asObject(asObject((await siteOf())['properties'])['functionAppConfig'])['runtime']);
  expect(runtime).toEqual({ name: 'node', version: '24' });
  const { engines } = z
    .object({ engines: z.object({ node: z.string() }) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  expect(24).toBeGreaterThanOrEqual(Number(/^>=(\d+)/.exec(engines.node)?.[1]));
});

test('it takes https only, TLS 1.2, and no passwords', async () => {
  const deployment = await provision();
  const { body } = theResource(deployment, 'Microsoft.Web/sites');
  expect(body).toMatchObject({
    kind: 'functionapp,linux',
    properties: { httpsOnly: true, siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2' } },
  });
  const policies = resourcesOf(deployment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
  expect(policies.map((policy) => [policy.name, policy.body['properties']])).toEqual([
    ['scm', { allow: false }],
    ['ftp', { allow: false }],
  ]);
});

// Error 51021 of Azure: ftpsState, linuxFxVersion, use32BitWorkerProcess and others are invalid for these sites.
test('the site configuration has nothing that Flex Consumption refuses', async () => {
  const { siteConfig } = asObject((await siteOf())['properties']);
  expect(Object.keys(asObject(siteConfig))).toEqual(['minTlsVersion', 'scmMinTlsVersion', 'cors']);
});

test('it is who the identity is, and azd finds it', async () => {
  const deployment = await provision();
  const { id } = theResource(deployment, 'Microsoft.ManagedIdentity/userAssignedIdentities');
  const { body } = theResource(deployment, 'Microsoft.Web/sites');
  expect(body['identity']).toEqual({ type: 'UserAssigned', userAssignedIdentities: { [id]: {} } });
  expect(body['tags']).toEqual({ 'azd-env-name': 'production', 'azd-service-name': 'api' });
});

test('one instance is warm for HTTP, unless the administrator says otherwise', async () => {
  const scaleWith = async (environment: Record<string, string>) => {
    const config = asObject(asObject((await siteOf(environment))['properties'])['functionAppConfig']);
    return config['scaleAndConcurrency'];
  };
  expect(await scaleWith({})).toEqual({
    maximumInstanceCount: 40,
    instanceMemoryMB: 2048,
    alwaysReady: [{ name: 'http', instanceCount: 1 }],
    triggers: { http: { perInstanceConcurrency: 32 } },
  });
  const changed = {
    ALWAYS_READY_INSTANCES: '0',
    MAXIMUM_INSTANCES: '100',
    INSTANCE_MEMORY_MB: '4096',
    HTTP_CONCURRENCY: '100',
  };
  expect(await scaleWith(changed)).toEqual({
    maximumInstanceCount: 100,
    instanceMemoryMB: 4096,
    alwaysReady: [],
    triggers: { http: { perInstanceConcurrency: 100 } },
  });
  await expect(scaleWith({ INSTANCE_MEMORY_MB: '1024' })).rejects.toThrow('instanceMemoryMB breaks allowed');
});

test('pages may call it from the listed https origins only, without credentials, and never from everywhere', async () => {
  expect(await corsWith('')).toEqual({ allowedOrigins: [], supportCredentials: false });
  expect(await corsWith('https://www.contoso.example, https://advisor.contoso.example')).toEqual({
    allowedOrigins: ['https://www.contoso.example', 'https://advisor.contoso.example'],
    supportCredentials: false,
  });
  for (const refused of ['*', 'http://www.contoso.example', 'null']) {
    expect(await corsWith(refused)).toMatchObject({ allowedOrigins: [] });
  }
});
