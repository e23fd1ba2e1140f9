import { functionApp } from './functionApp.ts';
import type { HostLog } from './hostLog.ts';
import { supplyFunctionsCore } from './supplyFunctionsCore.ts';

/**
 * Starts the app as the worker does: entry points, appStart hooks, capabilities; after that nothing can be registered.
 * Returns the function that gives the app back. Throws what the app throws, and when it asks for what we do not imitate.
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
    await functionApp.runHooks('appStart', functionApp.hookContext);
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

/** Runs the appTerminate hooks. One that fails is logged: nobody is left to tell. */
export async function terminateApp(): Promise<void> {
  try {
    await functionApp.runHooks('appTerminate', functionApp.hookContext);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    functionApp.log('error', 'system', `An appTerminate hook failed. ${reason}`);
  }
}
