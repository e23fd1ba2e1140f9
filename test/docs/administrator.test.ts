import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ofPermissions } from '../../lib/platforms/trustedApplication/permissions.ts';
import { readCommandLine as readDoctorLine } from '../../admin/doctor/commandLine.ts';
import { readCommandLine as readUcwaLine } from '../../admin/ucwa/commandLine.ts';
import { pemFile, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { pageFor } from './page.ts';
import { play } from './play.ts';

const page = pageFor('administrator');
let cloud: TestCloud;
let folder: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  folder = mkdtempSync(join(tmpdir(), 'anonymous-join-docs-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cloud.stop();
});

test('the doctor ends as the page shows', async () => {
  const file = join(folder, 'local.settings.json');
  const { platform, entra } = cloud.simulator;
  const here = page
    .replaceAll('sip:helpdesk@contoso.com', platform.endpointId)
    .replaceAll('11111111-2222-3333-4444-555555555555', entra.clientId);
  cloud.simulator.world.platform.registered = false;
  writeFileSync(file, JSON.stringify({ IsEncrypted: false, Values: cloud.environment }));
  const [output] = await play(here, {
    inPlaceOf: [['local.settings.json', file]],
    variables: { NODE_EXTRA_CA_CERTS: pemFile('ca') },
  });
  expect(output).toContain('New-CsOnlineApplicationEndpoint');
});

test('commands that need Azure or a real deployment are understood all the same', () => {
  const doctor = [...page.matchAll(/npm run (?:--silent )?doctor -- ([^\n`]*)/g)].map(([, args = '']) => args);
  expect(doctor).toHaveLength(2);
  expect(doctor.map((args) => readDoctorLine(args.split(' ')))).not.toContain(undefined);
  const ucwa = [...page.matchAll(/npm run ucwa -- ([^\n`]*)/g)].map(([, args = '']) => args);
  expect(ucwa.map((args) => readUcwaLine(args.split(' '))?.command)).toEqual(['discover']);
});

test('it names the permissions that the doctor looks for, and no other', () => {
  const { roles, ...application } = { roles: [], clientId: 'id', tenantId: 'id' };
  const token = `.${Buffer.from(JSON.stringify({ roles })).toString('base64url')}.`;
  const missing = [...(ofPermissions(token, application).reason ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  expect(missing).toHaveLength(4);
  const [, table = ''] = page.split('| Permission |');
  const named = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| ([A-Z][^|]*) \|/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(missing));
});
