import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

const step = z.strictObject({
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  run: z.string().optional(),
});
/** What a workflow here may say: no job has permissions, secrets or an environment of its own. */
const schema = z.strictObject({
  name: z.string(),
  on: z.union([
    z.strictObject({ push: z.strictObject({ branches: z.array(z.string()) }), pull_request: z.null() }),
    z.strictObject({ schedule: z.array(z.strictObject({ cron: z.string() })), workflow_dispatch: z.null() }),
  ]),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string(),
      'runs-on': z.string(),
      'timeout-minutes': z.number().max(60),
      strategy: z.strictObject({ 'fail-fast': z.boolean(), matrix: z.strictObject({ node: z.array(z.number()) }) }),
      steps: z.array(step),
    }),
  ),
});

const folder = '.github/workflows';
const workflows = readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')] as const);
const jobOf = (file: string, name: string) => schema.parse(parse(readFileSync(`${folder}/${file}`, 'utf8'))).jobs[name];
const commandsOf = (job: ReturnType<typeof jobOf>) =>
  job?.steps.map(({ run }) => run).filter((run) => run !== undefined);
const [, oldest] = /"node": ">=(\d+)/.exec(readFileSync('package.json', 'utf8')) ?? [];

test.each(workflows)('%s may read the code and nothing else, and knows no secret', (_, text) => {
  expect(() => schema.parse(parse(text))).not.toThrow();
  expect(text).not.toMatch(/secrets|GITHUB_TOKEN|pull_request_target/);
});

test.each(workflows)('%s names every action by its commit, and says which version that is', (_, text) => {
  const actions = text.match(/(?<=uses: ).*/g) ?? [];
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
});

test.each([
  ['ci.yml', 'check'],
  ['nightly.yml', 'deep'],
])('in %s the credentials for the code are gone before the code runs', (file, job) => {
  const checkout = jobOf(file, job)?.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkout?.with).toMatchObject({ 'persist-credentials': false });
});

test('every check runs, on the oldest Node that is promised and on the one that is deployed', () => {
  const check = jobOf('ci.yml', 'check');
  expect(commandsOf(check)).toEqual(['npm cit']);
  const [, deployed] =
    /name: 'node', version: '(\d+)'/.exec(readFileSync('infra/modules/functionApp.bicep', 'utf8')) ?? [];
  expect(check?.strategy.matrix.node).toEqual([Number(oldest), 22, Number(deployed)]);
});

test('the deep tests run every night, on the oldest Node that is promised', () => {
  const deep = jobOf('nightly.yml', 'deep');
  expect(commandsOf(deep)).toEqual(['npm ci', 'npm run test:deep']);
  expect(deep?.strategy.matrix.node).toEqual([Number(oldest)]);
});
