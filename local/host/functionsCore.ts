/**
 * Stands in for `@azure/functions-core`, the module that the Functions worker supplies and that exists on no registry.
 * `@azure/functions` asks for it when the first function is registered. Under plain Node the host supplies it
 * (startApp.ts); under Jest `moduleNameMapper` maps the name to this file. Hooks (`app.hook`) are not imitated, because
 * the app has none.
 */
import type { FunctionCallback, FunctionMetadata, LogCategory, LogLevel, ProgrammingModel } from './coreTypes.ts';
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

export function setProgrammingModel(model: ProgrammingModel): void {
  functionApp.setModel(model);
}

export function log(level: LogLevel, category: LogCategory, message: string): void {
  functionApp.log({ level, category, message });
}
