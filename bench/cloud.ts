/** The local cloud in a process of its own, so that a bench measures the CPU of the client alone. */
import { startCloud } from '../local/cloud.ts';
import { untilInterrupted } from '../local/untilInterrupted.ts';

const interrupted = untilInterrupted();
const cloud = await startCloud();
process.send?.({ environment: cloud.environment, control: cloud.simulator.control });
await interrupted;
await cloud.stop();
// The channel to the parent would keep it alive.
process.disconnect();
