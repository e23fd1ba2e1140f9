import { untilInterrupted } from '../../local/untilInterrupted.ts';

it.each(['SIGINT', 'SIGTERM'] as const)(
  'resolves at the first %s, and leaves the second one to Node',
  async (signal) => {
    const before = process.listenerCount(signal);
    const interrupted = untilInterrupted();
    process.emit(signal, signal);
    await interrupted;
    expect(process.listenerCount(signal)).toBe(before);
  },
);
