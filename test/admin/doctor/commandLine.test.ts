import { readCommandLine } from '../../../admin/doctor/commandLine.ts';

test('what is not said has its usual value', () => {
  expect(readCommandLine([])).toEqual({ settingsFile: undefined, asMe: false, json: false, help: false });
});

test('everything can be said', () => {
  expect(readCommandLine(['--settings', '-', '--as-me', '--json', '--help'])).toEqual({
    settingsFile: '-',
    asMe: true,
    json: true,
    help: true,
  });
});

test.each([[['--setting', 'x']], [['--settings']], [['--settings', '']], [['--json=yes']], [['settings.json']]])(
  '%j is not understood',
  (args) => {
    expect(readCommandLine(args)).toBeUndefined();
  },
);
