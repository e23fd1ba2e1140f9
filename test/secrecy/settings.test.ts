import { readSettings } from '../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';

let cloud: TestCloud;
const misplaced = 'S3cret/pasted:into@the wrong;setting=';

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

function complaintAbout(environment: Record<string, string>): string {
  try {
    readSettings(environment);
    return '';
  } catch (error) {
    return error instanceof Error ? `${error.message} ${String(error.stack)} ${JSON.stringify(error)}` : 'no error';
  }
}

test('a secret that stands in the wrong setting is not repeated by the complaint about it, whichever it is', () => {
  const complaints = Object.keys(cloud.environment).map((name) => ({
    name,
    complaint: complaintAbout({ ...cloud.environment, [name]: misplaced }),
  }));
  expect(complaints.filter(({ complaint }) => complaint !== '').length).toBeGreaterThan(10);
  for (const { complaint } of complaints) expect(complaint).not.toContain(misplaced.slice(0, 6));
});

test('nor are the others, when everything is wrong at once', () => {
  const everywhere = Object.fromEntries(
    Object.keys(cloud.environment).map((name) => [name, `${misplaced} ${cloud.environment[name] ?? ''}`]),
  );
  const complaint = complaintAbout({ ...everywhere, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' });
  expect(complaint).toContain('KEY_VAULT_URL');
  expect(complaint).not.toContain(misplaced.slice(0, 6));
  expect(complaint).not.toContain(cloud.simulator.platform.endpointId);
});
