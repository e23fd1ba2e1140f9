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

it('disposes once, and of many together', () => {
  const disposed: string[] = [];
  const both = functionsCore.Disposable.from(new functionsCore.Disposable(() => disposed.push('one')), {
    dispose: () => disposed.push('two'),
  });
  both.dispose();
  both.dispose();
  expect(disposed).toEqual(['one', 'two']);
});

it('writes what the app and the system log to the host that has the app', () => {
  const lines: HostLogLine[] = [];
  functionApp.open((line) => lines.push(line));
  functionsCore.log('information', 'system', 'from the system');
  functionsCore.log('warning', 'user', 'from the app');
  functionApp.close();
  expect(lines.map(formatLogLine)).toEqual(['information from the system', 'warning from the app']);
});
