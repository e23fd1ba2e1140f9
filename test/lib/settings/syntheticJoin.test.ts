import { readSettings, type Environment } from '../../../lib/settings.ts';
import { azure, refusalOf } from '../environments.ts';

const name = 'SYNTHETIC_JOIN_MEETING_URLS';
const online = 'https://meet.lync.com/contoso/probe/1SD8D0WZ';
const onPremises = 'https://meet.contoso.com/Join?uri=sip:probe@contoso.com;gruu;opaque=app:conf:focus:id:5LB7MRBC';
const bothOn: Environment = {
  ...azure,
  MEETING_PLATFORMS: 'trusted-application,ucwa',
  UCWA_MEETING_HOSTS: 'meet.contoso.com=contoso.com,join.contoso.com=contoso.com',
};

test('nobody joins unless a test meeting is set', () => {
  for (const value of [undefined, '', '  ']) {
    expect(readSettings({ ...azure, [name]: value }).syntheticJoinMeetingUrls).toBeUndefined();
  }
});

test('test meetings are kept as they are written, semicolons and all', () => {
  expect(readSettings({ ...azure, [name]: online }).syntheticJoinMeetingUrls).toEqual([online]);
  const two = readSettings({ ...bothOn, [name]: ` ${onPremises} ,${online}` });
  expect(two.syntheticJoinMeetingUrls).toEqual([onPremises, online]);
});

test.each([
  ['http://meet.lync.com/contoso/probe/1SD8D0WZ', 'must be https URLs, separated by commas'],
  ['meet.lync.com/contoso/probe/1SD8D0WZ', 'must be https URLs, separated by commas'],
  [`${online},`, 'must be https URLs, separated by commas'],
  ['https://10.0.0.1/contoso/probe/1SD8D0WZ', 'must be https URLs, separated by commas'],
  ['https://probe@meet.lync.com/contoso/1SD8D0WZ', 'must be https URLs, separated by commas'],
  ['https://meet.lync.com.evil.com/contoso/1SD8D0WZ', 'must be on meeting hosts of this service'],
  ['https://meet.lync.com:8443/contoso/1SD8D0WZ', 'must be on meeting hosts of this service'],
  ['https://meet.contoso.com:8443/john/5LB7MRBC', 'must be on meeting hosts of this service'],
  ['https://pool.contoso.com/john/5LB7MRBC', 'must be on meeting hosts of this service'],
  [`${online},https://meet.lync.com/contoso/probe/2`, 'must name one meeting a platform'],
  [`${onPremises},https://join.contoso.com/john/5LB7MRBC`, 'must name one meeting a platform'],
])('%s is refused: %s', (value, complaint) => {
  const message = refusalOf({ ...bothOn, [name]: value });
  expect(message).toBe(`Correct the settings: ${name} ${complaint}.`);
  expect(message).not.toMatch(/1SD8D0WZ|5LB7MRBC/);
});

test('a meeting of a platform that is off is refused', () => {
  expect(refusalOf({ ...azure, [name]: onPremises })).toContain(`${name} must be on meeting hosts`);
});

test('where a platform’s own settings are mistaken, only those are named', () => {
  const message = refusalOf({ ...bothOn, UCWA_MEETING_HOSTS: 'nonsense', [name]: onPremises });
  expect(message).toContain('UCWA_MEETING_HOSTS');
  expect(message).not.toContain(name);
});
