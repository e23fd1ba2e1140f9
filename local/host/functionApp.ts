import type { FunctionCallback, FunctionMetadata, HookCallback, HookContext, ProgrammingModel } from './coreTypes.ts';
import { hookNames, type HookName, type LogCategory, type LogLevel } from './coreTypes.ts';
import type { HostLog } from './hostLog.ts';

/** A function and what runs when it is triggered. */
export interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

/** What a log line belongs to, when it belongs to an invocation. */
export interface LogOrigin {
  functionName?: string;
  invocationId?: string;
  hookData?: Record<string, unknown>;
  invocationContext?: unknown;
}

/**
 * The app of this process: what its modules have registered. Like the worker's, it lives as long as the process: modules
 * register once, when they are first loaded, and a host that starts later in the same process serves the same functions.
 */
class FunctionApp {
  readonly #functions = new Map<string, RegisteredFunction>();
  readonly #hooks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));
  #model: ProgrammingModel | undefined;
  #log: HostLog | undefined;
  #locked = false;
  #hookContext: HookContext = { hookData: {}, appHookData: {} };

  get functions(): RegisteredFunction[] {
    return [...this.#functions.values()];
  }

  get model(): ProgrammingModel | undefined {
    return this.#model;
  }

  setModel(model: ProgrammingModel): void {
    this.#model = model;
  }

  /** The context of the app's own hooks, appStart and appTerminate. Its `appHookData` is shared with all others. */
  get hookContext(): HookContext {
    return this.#hookContext;
  }

  /** Gives the app to a host, which is told of every log line. Throws while another host has it. */
  open(log: HostLog): void {
    if (this.#log) throw new Error('A host is already running in this process: stop it before starting another one.');
    this.#log = log;
    this.#hookContext = { hookData: {}, appHookData: {} };
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

  registerHook(name: string, callback: HookCallback): () => void {
    const known = hookNames.find((hookName) => hookName === name);
    if (!known) throw new RangeError(`Unrecognized hook "${name}"`);
    this.#hooks.get(known)?.push(callback);
    return () => {
      const others = this.#hooks.get(known)?.filter((other) => other !== callback) ?? [];
      this.#hooks.set(known, others);
    };
  }

  /** Runs the hooks of a name one after the other, in the order of their registration. Throws what a hook throws. */
  async runHooks(name: HookName, context: HookContext): Promise<void> {
    for (const callback of this.#hooks.get(name) ?? []) await callback(context);
  }

  /** Shows a line to the log hooks, which may rewrite what users log, and passes it on to the host. */
  log(level: LogLevel, category: LogCategory, message: string, origin: LogOrigin = {}): void {
    const { hookData = {}, invocationContext, ...belongsTo } = origin;
    const { appHookData } = this.#hookContext;
    const shown = { level, message, category, hookData, appHookData, invocationContext };
    try {
      for (const callback of this.#hooks.get('log') ?? []) callback(shown);
    } catch {
      // As in the worker: a broken log hook does not silence the app.
    }
    const written = category === 'user' ? { level: shown.level, message: shown.message } : { level, message };
    this.#log?.({ ...written, category, ...belongsTo });
  }
}

/** The one app of this process. */
export const functionApp = new FunctionApp();
