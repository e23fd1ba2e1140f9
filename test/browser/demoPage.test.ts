import type { Page } from 'playwright-core';
import { keepScreenshots } from './browser.ts';
import { panesOf, type Panes } from './panes.ts';
import { shows } from './shows.ts';
import { startStage, type Stage } from './stage.ts';

jest.setTimeout(120_000);

let stage: Stage;
let page: Page;
let panes: Panes;

beforeAll(async () => {
  stage = await startStage();
});
beforeEach(async () => {
  page = await stage.browser.open(stage.origin);
  panes = panesOf(page);
});
afterEach(async () => {
  await stage.browser.closeWindows();
  await stage.cloud.simulator.world.reset();
});
afterAll(() => stage.stop());

test('a customer waits in the lobby, is let in, loses the network, and comes back as the same guest', async () => {
  expect(await panes.createMeeting()).toMatch(/^https:\/\/meet\./);
  await panes.joinAs('Dana');
  await panes.customerHears('You are in the lobby.');
  await panes.advisorHears('Dana is waiting in the lobby.');
  await shows(() => Promise.all([panes.people('Lobby'), panes.people('In the meeting')]), [['Dana\njoins: 1'], []]);
  await keepScreenshots(page, 'demo-lobby');

  await panes.press('Let in: Dana');
  await panes.customerHears('You are in the meeting.');
  await panes.advisorHears('Dana is in the meeting.');

  await panes.loseNetwork();
  await panes.customerHears('There is no connection. Bringing you back …');
  await keepScreenshots(page, 'demo-network-lost');
  await panes.press('Bring the network back');
  await panes.customerHears('You are back in the meeting, as the same participant.');
  await panes.advisorHears('Dana is back: the same guest, not another one.');
  await shows(() => Promise.all([panes.people('Lobby'), panes.people('In the meeting')]), [[], ['Dana\njoins: 2']]);
  await keepScreenshots(page, 'demo-back');

  await panes.press('Leave');
  await panes.customerHears('You have left the meeting.');
  await panes.advisorHears('Dana is gone.');
  await shows(
    () => panes.steps(),
    [
      ...['Check the link', 'Ask the service for a token', 'Find the meeting', 'Connect to the meeting’s server'],
      ...['Join', 'Wait in the lobby', 'In the meeting'],
      ...['Connection lost: ask for a rejoin token', 'Find the meeting', 'Connect to the meeting’s server', 'Join'],
      ...['In the meeting', 'Left'],
    ],
  );
  // Its own policy (CSP) among other things would have been complained of.
  expect(stage.browser.complaints).toEqual([]);
});

test('a customer who is turned away hears why, and may ask again', async () => {
  await panes.createMeeting();
  await panes.joinAs('Dana');
  await panes.press('Turn away: Dana');
  await panes.customerHears('Your advisor did not let you in.');
  await panes.advisorHears('Dana is gone.');

  await panes.joinAs('Dana');
  await panes.press('Let in: Dana');
  await panes.customerHears('You are in the meeting.');
});

test('a customer who comes in directly is removed, and hears it', async () => {
  await panes.createMeeting({ lobby: false });
  await panes.joinAs('Dana');
  await panes.customerHears('You are in the meeting.');
  await panes.press('Remove: Dana');
  await panes.customerHears('You were removed from the meeting by your advisor.');
  await panes.advisorHears('Dana is gone.');
  await shows(() => panes.people('In the meeting'), []);
});

test('a meeting that ends is over on both sides, and its link has expired', async () => {
  await panes.createMeeting({ lobby: false });
  await panes.joinAs('Dana');
  await panes.customerHears('You are in the meeting.');
  await panes.press('End the meeting');
  await panes.advisorHears('The meeting is over.');
  await panes.customerHears('The meeting is over. Thank you for coming.');

  await panes.joinAs('Dana');
  await panes.customerHears('This link has expired: the meeting does not exist any more.');
});

test('two customers in two windows are two participants', async () => {
  const link = await panes.createMeeting({ lobby: false });
  await panes.joinAs('Dana');
  await panes.customerHears('You are in the meeting.');
  const other = panesOf(await stage.browser.open(stage.origin));
  await other.joinAs('Robin', link);
  await other.customerHears('You are in the meeting.');
  await panes.advisorHears('Robin is in the meeting.');
  await shows(() => panes.people('In the meeting'), ['Dana\njoins: 1', 'Robin\njoins: 1']);
});

test('who closes the window has left', async () => {
  const link = await panes.createMeeting({ lobby: false });
  const otherPage = await stage.browser.open(stage.origin);
  const other = panesOf(otherPage);
  await other.joinAs('Robin', link);
  await panes.advisorHears('Robin is in the meeting.');
  await otherPage.goto('about:blank');
  await panes.advisorHears('Robin is gone.');
});

test('a link to a meeting on premises leads there, also after the network was lost', async () => {
  await panes.joinAs('Dana', 'https://meet.contoso.example/john/5LB7MRBC');
  await panes.customerHears('You are in the meeting.');
  await panes.loseNetwork();
  await panes.customerHears('Bringing you back …');
  await panes.press('Bring the network back');
  await panes.customerHears('You are back in the meeting, as the same participant.');
  const rooms = stage.cloud.simulator.world.meetings.all;
  const [participant, ...others] = rooms.find(({ conferenceUri }) => conferenceUri.includes('5LB7MRBC'))?.roster ?? [];
  expect([participant?.displayName, participant?.joins, others]).toEqual(['Dana', 2, []]);
});

test.each([
  ['no link at all', 'hello', 'This is not a meeting link.'],
  ['a part of a link', 'https://meet.lync.example/', 'A part of the link is missing.'],
  ['a link to elsewhere', 'https://www.contoso.example/meeting', 'This link leads somewhere else'],
])('%s is refused before anything else is tried, with what to do', async (_, link, words) => {
  await panes.joinAs('Dana', link);
  await panes.customerHears(words);
  await shows(() => panes.steps(), ['Check the link']);
});

test('a link that the platform does not know is refused when the token is asked for', async () => {
  const link = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';
  stage.cloud.simulator.world.platform.unknownMeetings.push(link);
  await panes.joinAs('Dana', link);
  await panes.customerHears(
    'The meeting does not take this link: it may have expired. Ask your advisor for a new one.',
  );
  await shows(() => panes.steps(), ['Check the link', 'Ask the service for a token']);
});

test('a platform that is busy is waited for, and the customer is told', async () => {
  const { faults } = stage.cloud.simulator.world;
  await panes.createMeeting({ lobby: false });
  faults.set('guest.applications', { status: 429, headers: { 'Retry-After': '1' } });
  await panes.joinAs('Dana');
  await panes.customerHears('The service is busy. Trying again …');
  await keepScreenshots(page, 'demo-busy');
  faults.clear();
  await panes.customerHears('You are in the meeting.');
});

test('a service that is busy is waited for, and the customer is told', async () => {
  await panes.createMeeting({ lobby: false });
  stage.cloud.simulator.world.faults.set('platform.tokens', { status: 429, headers: { 'Retry-After': '2' } });
  await panes.joinAs('Dana');
  await panes.customerHears('The service is busy. Trying again …');
  stage.cloud.simulator.world.faults.clear();
  await panes.customerHears('You are in the meeting.');
});
