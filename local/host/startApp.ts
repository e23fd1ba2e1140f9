import Module from 'node:module';
import { functionApp } from './functionApp.ts';
import * as functionsCore from './functionsCore.ts';
import type { HostLog } from './hostLog.ts';

/**
 * Starts the app as the worker does: entry points, capabilities; after that nothing can be registered. Returns the
 * function that gives the app back. Throws what the app throws, and when it asks for what we do not imitate.
 */
export async function startApp(load: () => Promise<unknown>, log: HostLog): Promise<() => void> {
  functionApp.open(log);
  const restoreRequire = supplyFunctionsCore();
  const close = (): void => {
    restoreRequire();
    functionApp.close();
  };
  try {
    await load();
    const { model } = functionApp;
    if (!model || functionApp.functions.length === 0) throw new Error('The app registered no function.');
    const capabilities = await model.getCapabilities({
      RpcHttpBodyOnly: 'true',
      RpcHttpTriggerMetadataRemoved: 'true',
    });
    if (capabilities['HttpUri']) {
      throw new Error('The local host does not stream: remove enableHttpStream from app.setup().');
    }
    functionApp.lock();
    return close;
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Makes `require('@azure/functions-core')` answer with our stand-in, in the worker's own way: a proxy over
 * `Module.prototype.require`, which CommonJS modules and the `createRequire` of ESM bundles both go through.
 * Returns the function that puts the original back.
 */
function supplyFunctionsCore(): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- the proxy passes `this` on
  const original = Module.prototype.require;
  Module.prototype.require = new Proxy(original, {
    apply(target, module, args: [string]) {
      return args[0] === '@azure/functions-core' ? functionsCore : (Reflect.apply(target, module, args) as unknown);
    },
  });
  return () => {
    Module.prototype.require = original;
  };
}
