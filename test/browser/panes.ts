import type { Locator, Page } from 'playwright-core';

/** The demo page as its two people use it. */
export interface Panes {
  readonly advisor: Locator;
  readonly customer: Locator;
  /** Waits until a pane says this. */
  advisorHears(words: string | RegExp): Promise<void>;
  customerHears(words: string | RegExp): Promise<void>;
  createMeeting(options?: { lobby?: boolean }): Promise<string>;
  joinAs(name: string, link?: string): Promise<void>;
  press(name: string | RegExp): Promise<void>;
  /** Loses the network for good; by itself the page brings it back after 10 s, and a slow machine needs longer to look. */
  loseNetwork(pressButton?: () => Promise<void>): Promise<void>;
  /** The names of the steps so far. */
  steps(): Promise<string[]>;
  /** Who is in the lobby, or in the meeting, each with the number of joins. */
  people(list: 'Lobby' | 'In the meeting'): Promise<string[]>;
}

/** @param page the demo page */
export function panesOf(page: Page): Panes {
  const advisor = page.getByRole('region', { name: 'Advisor' });
  const customer = page.getByRole('region', { name: 'Customer' });
  const hears = (pane: Locator, words: string | RegExp): Promise<void> =>
    pane.getByRole('status').filter({ hasText: words }).waitFor();
  const press = (name: string | RegExp): Promise<void> => page.getByRole('button', { name, exact: true }).click();

  return {
    advisor,
    customer,
    press,
    advisorHears: (words) => hears(advisor, words),
    customerHears: (words) => hears(customer, words),
    async loseNetwork(pressButton = () => press('Lose the network')) {
      await page.evaluate(`{
        const start = setTimeout;
        globalThis.setTimeout = (run, ms) => (ms === 10_000 ? 0 : start(run, ms));
        undefined;
      }`);
      await pressButton();
    },
    async createMeeting({ lobby = true } = {}) {
      await advisor.getByRole('checkbox').setChecked(lobby);
      await press('Create a meeting');
      await hears(advisor, 'The meeting is open.');
      return advisor.getByLabel('Guest link').inputValue();
    },
    async joinAs(name, link) {
      await customer.getByLabel('Your name').fill(name);
      if (link !== undefined) await customer.getByLabel('Link from the invitation').fill(link);
      await press('Join the meeting');
    },
    steps: async () => (await customer.getByRole('listitem').allInnerTexts()).map((text) => text.split('\n')[0] ?? ''),
    people: (list) => advisor.getByRole('list', { name: list }).getByRole('listitem').locator('span').allInnerTexts(),
  };
}
