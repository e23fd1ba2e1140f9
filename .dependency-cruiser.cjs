// The layers of the service, top to bottom (docs/design.md, "Architecture"). A file imports only from its own folder or from
// layers below; files of the lowest layer may import each other.
const layers = [
  ['functions'],
  ['lib/functionApp.ts'],
  ['lib/service.ts'],
  ['lib/statusPage', 'lib/sampleService'],
  ['lib/http', 'lib/timerJob.ts'],
  ['lib/contract'],
  ['lib/guests', 'lib/health', 'lib/meetings'],
  ['lib/settings.ts'],
  ['lib/platforms'],
  ['lib/net'],
  ['lib/azure', 'lib/sealing'],
  [
    'lib/settings',
    'lib/callers.ts',
    'lib/cachedValue.ts',
    'lib/coalesce.ts',
    'lib/hostRules.ts',
    'lib/json.ts',
    'lib/problem.ts',
    'lib/telemetry.ts',
  ],
];

const at = (place) => (place.endsWith('.ts') ? `^${place.replace('.', '\\.')}$` : `^${place}/`);
const anyOf = (places) => places.map(at).join('|');

const upwards = layers.slice(1).map((layer, index) => ({
  name: `upwards-from-${layer[0].replace('lib/', '')}`,
  comment: 'Imports run one way, down the layers.',
  severity: 'error',
  from: { path: anyOf(layer) },
  to: { path: anyOf(layers.slice(0, index + 1).flat()) },
}));

const siblings = layers.slice(0, -1).flatMap((layer) =>
  layer.length < 2
    ? []
    : layer.map((folder) => ({
        name: `sibling-${folder.replace('lib/', '')}`,
        comment: 'Folders of one layer do not import each other.',
        severity: 'error',
        from: { path: at(folder) },
        to: { path: anyOf(layer.filter((other) => other !== folder)) },
      })),
);

module.exports = {
  forbidden: [
    ...upwards,
    ...siblings,
    {
      name: 'no-layer',
      comment: 'Every file of the service belongs to a layer of the list above.',
      severity: 'error',
      from: { path: '^lib/', pathNot: anyOf(layers.flat()) },
      to: {},
    },
    {
      name: 'platform-adapters',
      comment: 'A meeting platform never imports another one.',
      severity: 'error',
      from: { path: '^lib/platforms/([^/]+)/' },
      to: { path: '^lib/platforms/[^/]+/', pathNot: '^lib/platforms/$1/' },
    },
    {
      name: 'local-stays-local',
      comment: 'The service imports nothing that is not deployed.',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { path: '^(client|connector|local|test|bench)/' },
    },
    {
      name: 'local-knows-the-contract-only',
      comment: 'The simulator and the host share no code with the service that they test.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(connector|lib|functions|test|bench)/' },
    },
    {
      name: 'simulator-services-before-meetings',
      comment:
        'Meetings are simulated on top of the services that ours calls, which know nothing of rosters and events.',
      severity: 'error',
      from: { path: '^local/simulator/upstreams/' },
      to: { path: '^local/simulator/(meetings|control)/' },
    },
    {
      name: 'admin-is-a-tool',
      comment:
        'What an administrator runs by hand stands on the service, never under it. The one exception is for the local host: ' +
        'the doctor and the host read schedules by the same rules.',
      severity: 'error',
      from: { path: '^(lib|functions|local)/', pathNot: '^local/host/(functionIndex|timer)\\.ts$' },
      to: { path: '^admin/' },
    },
    {
      name: 'local-host-reads-schedules',
      comment: 'Of the commands the local host takes the schedule parser only, which stands on nothing of ours.',
      severity: 'error',
      from: { path: '^local/host/' },
      to: { path: '^admin/', pathNot: '^admin/ncrontab\\.ts$' },
    },
    {
      name: 'schedule-parser-stands-alone',
      comment: 'The local host imports it, and is independent of the service.',
      severity: 'error',
      from: { path: '^admin/ncrontab\\.ts$' },
      to: { path: '^(admin|lib|functions|local)/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'The client runs in browsers and in other projects: it imports neither the service nor Node.',
      severity: 'error',
      from: { path: '^client/(?!generate/)' },
      to: { pathNot: '^client/(?!generate/)' },
    },
    {
      name: 'connector-is-made-from-the-contract',
      comment: 'Of the service, the connector imports the contract and the problem codes only.',
      severity: 'error',
      from: { path: '^connector/' },
      to: { path: '^lib/', pathNot: '^lib/(contract|problem\\.ts)' },
    },
    {
      name: 'no-circular',
      comment: 'No import leads back to its own file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dev-dependency-deployed',
      comment: 'What is deployed has only the dependencies of package.json to import.',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'Every import leads to a file. The Functions worker supplies @azure/functions-core.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
