import type { Page } from 'playwright-core';
import { barriersOn, sidewaysScroll } from './barriers.ts';
import { keepScreenshots, phone } from './browser.ts';
import { panesOf } from './panes.ts';
import { shows } from './shows.ts';
import { startStage, type Stage } from './stage.ts';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => stage.browser.closeWindows());
afterAll(() => stage.stop());

const focused = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement?.id ?? ""');

test('barriers are found where there are some', async () => {
  const page = await stage.browser.open(stage.origin);
  await page.evaluate("document.body.append(document.createElement('button'))");
  await page.evaluate("document.querySelector('main').style.width = '2000px'");
  expect(await barriersOn(page)).toEqual(['light', 'dark'].map((scheme) => `${scheme}: button-name: body > button`));
  expect(await sidewaysScroll(page)).toBeGreaterThan(0);
});

test.each([
  ['at a desk', 'desk', {}],
  ['on a phone', 'phone', phone],
])('%s nothing stands in the way in any state, in light and dark', async (_, name, window) => {
  const page = await stage.browser.open(stage.origin, window);
  const panes = panesOf(page);
  const found: Record<string, unknown> = {};
  const look = async (state: string): Promise<void> => {
    found[state] = [await barriersOn(page), await sidewaysScroll(page)];
    await keepScreenshots(page, `${name}-${state}`);
  };

  await look('empty');
  await panes.joinAs('Dana', 'hello');
  await panes.customerHears('This is not a meeting link.');
  await look('refused');
  await panes.createMeeting();
  await look('open');
  await panes.joinAs('Dana');
  await panes.advisorHears('Dana is waiting');
  await look('lobby');
  await panes.press('Let in: Dana');
  await panes.customerHears('You are in the meeting.');
  await panes.advisorHears('Dana is in');
  await look('joined');
  await panes.loseNetwork();
  await panes.customerHears('Bringing you back');
  await look('lost');
  await panes.press('Bring the network back');
  await panes.customerHears('You are back');
  await panes.press('End the meeting');
  await panes.customerHears('The meeting is over.');
  await look('over');

  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, [[], 0]])));
});

test('everything can be done with the keyboard, and the focus is never lost', async () => {
  const page = await stage.browser.open(stage.origin);
  const panes = panesOf(page);
  const tabTo = async (name: string): Promise<void> => {
    const focusedName = 'document.activeElement?.ariaLabel ?? document.activeElement?.textContent';
    for (let tabs = 0; tabs < 40; tabs++) {
      if ((await page.evaluate(focusedName)) === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`no tab leads to ${name}`);
  };
  const pressByKey = async (name: string): Promise<void> => {
    // The page shows who waits a moment after it has said so.
    await page.getByRole('button', { name, exact: true }).waitFor();
    await tabTo(name);
    await page.keyboard.press('Enter');
  };

  await pressByKey('Create a meeting');
  await panes.advisorHears('The meeting is open.');
  await pressByKey('Join the meeting');
  await panes.customerHears('You are in the lobby.');
  await shows(() => focused(page), 'customer-says');
  await pressByKey('Let in: Dana');
  await panes.customerHears('You are in the meeting.');
  await shows(() => focused(page), 'advisor-says');
  await panes.loseNetwork(() => pressByKey('Lose the network'));
  await panes.customerHears('Bringing you back');
  await shows(() => focused(page), 'network');
  await page.keyboard.press('Enter');
  await panes.customerHears('You are back');
  await pressByKey('Leave');
  await panes.customerHears('You have left the meeting.');
  await shows(() => focused(page), 'customer-says');
  await panes.advisorHears('Dana is gone.');
  await pressByKey('End the meeting');
  await panes.advisorHears('The meeting is over.');
  await shows(() => focused(page), 'advisor-says');
});

test('the guest link can be copied', async () => {
  const page = await stage.browser.open(stage.origin, { permissions: ['clipboard-read', 'clipboard-write'] });
  const panes = panesOf(page);
  const link = await panes.createMeeting();
  await panes.press('Copy the link');
  await panes.advisorHears('The guest link is copied.');
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(link);
});
