import { mkdirSync } from 'node:fs';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromiumPath } from './chromiumPath.ts';

/** A real Chromium. */
export interface TestBrowser {
  /** Opens a page in a window that shares nothing with others. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** What pages have thrown, or written to their consoles as errors, since the windows were last closed. */
  readonly complaints: readonly string[];
  closeWindows(): Promise<void>;
  stop(): Promise<void>;
}

/** The narrowest phone that is still sold. */
export const phone = { viewport: { width: 375, height: 667 } } as const;

/** How long a page may take to show what a test waits for; a loaded machine takes some seconds. */
export const waitMs = 30_000;

const desk = { viewport: { width: 1_200, height: 900 } } as const;
/** Where tests leave what they saw. */
export const screenshotFolder = '.cache/screenshots';

// Not a word to anybody outside of this machine. Root has no sandbox, and containers have no GPU.
const quietly = [
  ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--no-first-run', '--no-proxy-server'],
];

/** Starts the system's Chromium. @param platformPort where to find the simulated hosts, for pages that go there by themselves */
export async function startBrowser(platformPort?: number): Promise<TestBrowser> {
  const found = platformPort === undefined ? [] : [`--host-resolver-rules=MAP *.example 127.0.0.1:${platformPort}`];
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...quietly, ...found] });
  const windows: BrowserContext[] = [];
  const complaints: string[] = [];

  const closeWindows = async (): Promise<void> => {
    await Promise.all(windows.splice(0).map((window) => window.close()));
    complaints.length = 0;
  };
  return {
    complaints,
    closeWindows,
    async open(url, options = {}) {
      const window = await browser.newContext({ ...desk, reducedMotion: 'reduce', ...options });
      windows.push(window);
      window.setDefaultTimeout(waitMs);
      const page = await window.newPage();
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    async stop() {
      await closeWindows();
      await browser.close();
    },
  };
}

/** Keeps what a page looks like in light and in dark, for people; the folder is not committed. */
export async function keepScreenshots(page: Page, name: string): Promise<void> {
  mkdirSync(screenshotFolder, { recursive: true });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${screenshotFolder}/${name}-${colorScheme}.png`, fullPage: true });
  }
}
