/**
 * Stands in for `@azure/functions-core`, the module that the Functions worker supplies and that exists on no registry.
 * `@azure/functions` asks for it when the first function is registered. Under plain Node the host supplies it
 * (supplyFunctionsCore.ts); under Jest `moduleNameMapper` maps the name to this file.
 */
import type { FunctionCallback, FunctionMetadata, HookCallback, ProgrammingModel } from './coreTypes.ts';
import type { LogCategory, LogLevel } from './coreTypes.ts';
import { functionApp } from './functionApp.ts';

/** The worker and host that are imitated: new enough for every feature that `@azure/functions` asks them about. */
export const version = '3.10.0';
export const hostVersion = '4.1040.0';

/** Undoes a registration, once. */
export class Disposable {
  #onDispose: (() => unknown) | undefined;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  static from(...disposables: { dispose: () => unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): unknown {
    const onDispose = this.#onDispose;
    this.#onDispose = undefined;
    return onDispose?.();
  }
}

/** Throws after start-up, and for a name that is taken. */
export function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  return new Disposable(functionApp.register(metadata, callback));
}

/** Throws a RangeError for a hook that does not exist. */
export function registerHook(name: string, callback: HookCallback): Disposable {
  return new Disposable(functionApp.registerHook(name, callback));
}

export function setProgrammingModel(model: ProgrammingModel): void {
  functionApp.setModel(model);
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return functionApp.model;
}

export function log(level: LogLevel, category: LogCategory, message: string): void {
  functionApp.log(level, category, message);
}
