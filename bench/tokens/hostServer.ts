/** The built functions in the local host. Tells its CPU time when asked; the bench itself is the caller. */
import { loadEntryPoints } from '../../local/host/entryPoints.ts';
import { startHost } from '../../local/host/host.ts';
import { setting } from './contender.ts';

const host = await startHost({
  load: () => loadEntryPoints('.'),
  functionKey: setting('FUNCTION_KEY'),
  timers: false,
  log: () => undefined,
});
process.on('message', () => process.send?.(process.cpuUsage()));
process.send?.(host.url);
