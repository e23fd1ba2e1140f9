import { provision, theResource } from '../azd.ts';

test('telemetry is written by role, not by key', async () => {
  const deployment = await provision();
  const workspace = theResource(deployment, 'Microsoft.OperationalInsights/workspaces');
  expect(theResource(deployment, 'Microsoft.Insights/components').body['properties']).toMatchObject({
    DisableLocalAuth: true,
    WorkspaceResourceId: workspace.id,
  });
});
