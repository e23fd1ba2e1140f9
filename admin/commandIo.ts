import type { Readable, Writable } from 'node:stream';

/** What a command reads and writes, besides its arguments. The process has it all; a test has its own. */
export interface CommandIo {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}
