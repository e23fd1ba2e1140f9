import { startPage } from '../../local/page/page.ts';
import { pem, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey, startTestHost } from '../support/testHost.ts';
import { startBrowser, type TestBrowser } from './browser.ts';

/** Everything, from the browser down to the table server. */
export interface Stage {
  readonly cloud: TestCloud;
  readonly browser: TestBrowser;
  /** Where the demo page is. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts everything; once a test file. */
export async function startStage(): Promise<Stage> {
  const cloud = await startTestCloud();
  const { simulator } = cloud;
  let serviceUrl = '';
  const page = await startPage({ simulator, ca: pem('ca'), functionKey, serviceUrl: () => serviceUrl });
  const platforms = 'trusted-application,ucwa';
  const service = await startTestHost(cloud, { MEETING_PLATFORMS: platforms, ALLOWED_ORIGINS: page.origin });
  serviceUrl = service.host.url;
  const browser = await startBrowser();
  return {
    cloud,
    browser,
    origin: page.origin,
    async stop() {
      await browser.stop();
      await page.stop();
      await service.stop();
      await cloud.stop();
    },
  };
}
