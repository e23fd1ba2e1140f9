/** The service's use cases, in process. */
import { createService } from '../../lib/service.ts';
import { readSettings } from '../../lib/settings.ts';
import { newMeetingUrl, serve } from './contender.ts';

const app = createService(readSettings(process.env));
const time = (): AbortSignal => AbortSignal.timeout(15_000);

serve({
  issue: async () => (await app.issue({ meetingUrl: newMeetingUrl() }, time())).guest.applicationSessionId,
  rejoin: async (applicationSessionId) => {
    await app.rejoin({ applicationSessionId }, time());
  },
});
