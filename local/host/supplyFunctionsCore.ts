import Module from 'node:module';
import * as functionsCore from './functionsCore.ts';

/**
 * Makes `require('@azure/functions-core')` answer with our stand-in, in the worker's own way: a proxy over
 * `Module.prototype.require`, which CommonJS modules and the `createRequire` of ESM bundles both go through.
 * Returns the function that puts the original back.
 */
export function supplyFunctionsCore(): () => void {
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
