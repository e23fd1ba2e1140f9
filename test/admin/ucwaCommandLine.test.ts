import { readCommandLine } from '../../admin/ucwa/commandLine.ts';

const domain = ['--domain', 'contoso.example'];
const meeting = ['--meeting', 'https://meet.contoso.example/john/5LB7MRBC'];

test.each([
  [[]],
  [['token']],
  [['discover']],
  [['discover', '--domain', 'contoso']],
  [['discover', '--domain', '127.0.0.1']],
  [['steal', ...domain]],
  [['discover', 'token', ...domain]],
  [['token', ...domain]],
  [['token', ...domain, '--meeting', 'http://meet.contoso.example/john/5LB7MRBC']],
  [['token', ...domain, ...meeting, '--grant', 'client_credentials']],
  [['discover', ...domain, '--hosts', 'not a host']],
  [['discover', ...domain, '--hosts', 'pool.fabrikam.example,*']],
  [['discover', ...domain, '--password', 'A3ddj3w']],
  [['discover', ...domain, '--http', 'yes']],
])('%j is not understood', (args) => {
  expect(readCommandLine(args)).toBeUndefined();
});

test('what is not said has its usual value', () => {
  expect(readCommandLine(['discover', ...domain])).toEqual({
    command: 'discover',
    domain: 'contoso.example',
    grantKind: 'anonmeeting',
    meetingUrl: undefined,
    user: '',
    hosts: [],
    internalFirst: false,
    http: false,
  });
});

test('everything can be said', () => {
  const said = ['--hosts', 'pool.fabrikam.example,lab.example:8443', '--internal-first', '--http', '--user', 'johndoe'];
  expect(readCommandLine(['renew', '--domain', 'Contoso.Example', ...meeting, ...said])).toMatchObject({
    command: 'renew',
    domain: 'contoso.example',
    meetingUrl: new URL('https://meet.contoso.example/john/5LB7MRBC'),
    user: 'johndoe',
    hosts: [
      { host: 'pool.fabrikam.example', port: '' },
      { host: 'lab.example', port: '8443' },
    ],
    internalFirst: true,
    http: true,
  });
});
