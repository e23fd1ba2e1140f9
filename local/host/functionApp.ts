import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './coreTypes.ts';
import type { HostLog, HostLogLine } from './hostLog.ts';

/** A function and what runs when it is triggered. */
export interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

/**
 * The app of this process: what its modules have registered. Like the worker's, it lives as long as the process:
 * modules register once, when they are first loaded, and a host that starts later in the same process serves the same
 * functions.
 */
class FunctionApp {
  readonly #functions = new Map<string, RegisteredFunction>();
  #model: ProgrammingModel | undefined;
  #log: HostLog | undefined;
  #locked = false;

  get functions(): RegisteredFunction[] {
    return [...this.#functions.values()];
  }

  get model(): ProgrammingModel | undefined {
    return this.#model;
  }

  setModel(model: ProgrammingModel): void {
    this.#model = model;
  }

  /** Gives the app to a host, which gets every log line. Throws while another host has it. */
  open(log: HostLog): void {
    if (this.#log) throw new Error('A host is already running in this process: stop it before starting another one.');
    this.#log = log;
  }

  /** Ends start-up: from now on nothing can be registered. */
  lock(): void {
    this.#locked = true;
  }

  close(): void {
    this.#log = undefined;
    this.#locked = false;
  }

  register(metadata: FunctionMetadata, callback: FunctionCallback): () => void {
    if (this.#locked) throw new Error('A function can only be registered during app startup.');
    const id = metadata.functionId ?? metadata.name;
    if (this.#functions.has(id)) throw new Error(`A function with id "${id}" has already been registered.`);
    this.#functions.set(id, { metadata, callback });
    return () => {
      if (this.#locked) throw new Error('A function can only be disposed during app startup.');
      this.#functions.delete(id);
    };
  }

  /** Writes a line to the log of the host that has the app. */
  log(line: HostLogLine): void {
    this.#log?.(line);
  }
}

/** The one app of this process. */
export const functionApp = new FunctionApp();
