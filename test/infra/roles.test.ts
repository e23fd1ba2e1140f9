import { readFileSync } from 'node:fs';
import { principalId } from './bicep/azure.ts';
import { asObject, asText } from './bicep/values.ts';
import { provision, resourcesOf } from './azd.ts';

const deployer = '00000000-0000-4000-8000-0000000000aa';

/** Who may do what, on what. */
async function assignments(environment: Record<string, string> = {}) {
  return resourcesOf(await provision(environment), 'Microsoft.Authorization/roleAssignments').map(
    ({ scopeId, body }) => {
      const properties = asObject(body['properties']);
      return {
        who: properties['principalId'],
        role: asText(properties['roleDefinitionId']).split('/').at(-1),
        // Without the part of the name that differs from deployment to deployment.
        on: scopeId?.replace(/[a-z]{13}$/, ''),
      };
    },
  );
}

// Built-in roles of Azure, by the ids in its documentation.
const ofTheApp = [
  { who: principalId, role: '3913510d-42f4-4e42-8a64-420c390055eb', on: '/Microsoft.Insights/components/appi-' },
  { who: principalId, role: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', on: '/Microsoft.Storage/storageAccounts/sthost' },
  { who: principalId, role: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', on: '/Microsoft.Storage/storageAccounts/stguests' },
  { who: principalId, role: '4633458b-17de-408a-b874-0445c86b69e6', on: '/Microsoft.KeyVault/vaults/kv-' },
];
const ofTheDeployer = {
  who: deployer,
  role: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  on: '/Microsoft.KeyVault/vaults/kv-',
};

test('the app gets one role on each thing that it uses, and no other', async () => {
  expect(await assignments()).toEqual(ofTheApp);
});

test('whoever deploys may write secrets, if azd says who it is', async () => {
  const all = await assignments({ AZURE_PRINCIPAL_ID: deployer });
  expect(all.filter(({ who }) => who !== principalId)).toEqual([ofTheDeployer]);
  expect(all).toHaveLength(ofTheApp.length + 1);
});

test('an assignment has its own name, so that none replaces another', async () => {
  const all = resourcesOf(await provision({ AZURE_PRINCIPAL_ID: deployer }), 'Microsoft.Authorization/roleAssignments');
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test('the page for administrators explains each of them', () => {
  const explained = readFileSync('infra/README.md', 'utf8').match(/(?<=\| `)[0-9a-f]{8}-[0-9a-f-]{27}(?=` \|)/g);
  expect(new Set(explained)).toEqual(new Set([...ofTheApp, ofTheDeployer].map(({ role }) => role)));
});
