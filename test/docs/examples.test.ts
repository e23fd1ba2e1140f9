import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { examplesOf, pageFor, readers } from './page.ts';
import { play, type Stage } from './play.ts';

let cloud: TestCloud;
let service: TestHost;
let stage: Stage;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud);
  const { control } = cloud.simulator;
  stage = {
    inPlaceOf: [
      ['https://join.contoso.com', service.host.url],
      ['https://meet.lync.com/contoso/john/5LB7MRBC', meetingUrl],
    ],
    variables: {
      FUNCTION_KEY: functionKey,
      SERVICE: service.host.url,
      CONTROL: control.url,
      CONTROL_TOKEN: control.token,
    },
  };
});
afterEach(() => cloud.simulator.world.reset());
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

test.each(readers)('the page for the %s begins with an example that is run', (reader) => {
  const page = pageFor(reader);
  expect(examplesOf(page).length).toBeGreaterThan(0);
  expect(page.indexOf('<!-- run -->')).toBeLessThan(page.indexOf('\n## '));
});

test('app developers: a guest gets a token, comes back as the same guest and is removed, by curl and by the client', async () => {
  const [issued, rejoined] = await play(pageFor('app-developer'), stage);
  expect(rejoined).toMatchObject({ rejoinCount: 1, identityPreserved: true });
  const fields = Object.keys(issued as object);
  expect(new Set(Object.keys(rejoined as object))).toEqual(new Set([...fields, 'rejoinCount', 'identityPreserved']));
  expect((await cloud.rows('guests')).map(({ state }) => state)).toEqual(['removed', 'removed']);
  expect(cloud.simulator.world.platform.meetings).toHaveLength(1);
});

test('maintainers: the platform breaks, callers see it, and the same attempt goes on when it is mended', async () => {
  const [problem, token] = await play(pageFor('maintainer'), stage);
  const { applicationSessionId } = problem as Record<string, unknown>;
  expect(token).toMatchObject({ applicationSessionId, tokenType: 'Bearer' });
});
