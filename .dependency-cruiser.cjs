// The floors of the house, top to bottom (docs/layout.md). A file imports only from its own wing or from floors below.
const floors = [
  ['functions'],
  ['lib/app.ts', 'lib/timerJob.ts', 'lib/http'],
  ['lib/guests', 'lib/health', 'lib/meetings'],
  ['lib/platforms'],
  ['lib/net'],
  [
    'lib/azure',
    'lib/sealing',
    'lib/settings.ts',
    'lib/settings',
    'lib/hostRules.ts',
    'lib/problem.ts',
    'lib/telemetry.ts',
  ],
];

const at = (place) => (place.endsWith('.ts') ? `^${place.replace('.', '\\.')}$` : `^${place}/`);
const anyOf = (places) => places.map(at).join('|');

const upwards = floors.slice(1).map((floor, index) => ({
  name: `floors-${floor.map((place) => place.replace('lib/', '')).join('-')}`,
  comment: 'Imports run one way, down the floors of the house.',
  severity: 'error',
  from: { path: anyOf(floor) },
  to: { path: anyOf(floors.slice(0, index + 1).flat()) },
}));

// app.ts wires every part together, so it alone may reach its own floor's other wing: it has no need to, and does not.
const wings = floors.slice(0, -1).flatMap((floor) =>
  floor.length < 2
    ? []
    : floor.map((wing) => ({
        name: `wings-${wing.replace('lib/', '')}`,
        comment: 'A wing never imports another wing.',
        severity: 'error',
        from: { path: at(wing) },
        to: { path: anyOf(floor.filter((other) => other !== wing)) },
      })),
);

module.exports = {
  forbidden: [
    ...upwards,
    ...wings,
    {
      name: 'platform-wings',
      comment: 'A meeting platform never imports another one.',
      severity: 'error',
      from: { path: '^lib/platforms/([^/]+)/' },
      to: { path: '^lib/platforms/[^/]+/', pathNot: '^lib/platforms/$1/' },
    },
    {
      name: 'local-stays-local',
      comment: 'The local cloud is never deployed.',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { path: '^(client|connector|local|test|bench)/' },
    },
    {
      name: 'local-knows-the-contract-only',
      comment: 'The simulator and the host are independent of the service that they try.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(connector|lib|functions|test|bench)/' },
    },
    {
      name: 'admin-is-a-tool',
      comment: 'What an administrator runs by hand stands on the service, never under it.',
      severity: 'error',
      from: { path: '^(lib|functions|local)/' },
      to: { path: '^admin/' },
    },
    {
      name: 'client-stands-alone',
      comment:
        'The client runs in browsers and in other projects: it knows the contract, and nothing of ours or of Node.',
      severity: 'error',
      from: { path: '^client/(?!generate/)' },
      to: { pathNot: '^client/(?!generate/)' },
    },
    {
      name: 'connector-is-made-from-the-endpoints',
      comment: 'The connector is written from the contract, and is no part of the service.',
      severity: 'error',
      from: { path: '^connector/' },
      to: { path: '^lib/', pathNot: '^lib/(http|problem\\.ts)' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-dev-dependency-deployed',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
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
