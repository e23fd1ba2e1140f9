import { functionApp } from '../../../local/host/functionApp.ts';
import * as functionsCore from '../../../local/host/functionsCore.ts';
import { formatLogLine, type HostLogLine } from '../../../local/host/hostLog.ts';

const metadata = { name: 'endpoint', bindings: {} };
const callback = (): undefined => undefined;

it('takes a registration back during start-up, and refuses it afterwards', () => {
  functionsCore.registerFunction(metadata, callback).dispose();
  expect(functionApp.functions).toEqual([]);

  const registration = functionsCore.registerFunction(metadata, callback);
  functionApp.lock();
  expect(() => registration.dispose()).toThrow('can only be disposed during app startup');
  functionApp.close();
});

it('takes a hook back, and knows the names of hooks', async () => {
  let calls = 0;
  const hooks = [1, 2].map(() => functionsCore.registerHook('appStart', () => (calls += 1)));
  hooks[0]?.dispose();
  await functionApp.runHooks('appStart', functionApp.hookContext);
  expect(calls).toBe(1);
  expect(() => functionsCore.registerHook('appPause', callback)).toThrow(RangeError);
});

it('disposes once, and of many together', () => {
  const disposed: string[] = [];
  const both = functionsCore.Disposable.from(new functionsCore.Disposable(() => disposed.push('one')), {
    dispose: () => disposed.push('two'),
  });
  both.dispose();
  both.dispose();
  expect(disposed).toEqual(['one', 'two']);
});

it('logs through a broken log hook, and writes what the system says as it is', () => {
  const lines: HostLogLine[] = [];
  functionApp.open((line) => lines.push(line));
  const rewriting = functionsCore.registerHook('log', (context) => {
    context['message'] = 'rewritten';
    throw new Error('broken');
  });
  functionsCore.log('information', 'system', 'from the system');
  functionsCore.log('warning', 'user', 'from the app');
  rewriting.dispose();
  functionApp.close();
  expect(lines.map(formatLogLine)).toEqual(['information from the system', 'warning rewritten']);
});
