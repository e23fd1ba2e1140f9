// Loads every function of an app as the worker does, under a stand-in for what the worker supplies, and prints how many
// milliseconds that took. Plain Node, so that nothing but the app is measured.
import { existsSync, readdirSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2] ?? '';
const bundledEntry = join(folder, 'app.js');
const registered = [];
class Disposable {}
const functionsCore = {
  version: '3.10.0',
  hostVersion: '4.1040.0',
  Disposable,
  setProgrammingModel: () => undefined,
  registerHook: () => new Disposable(),
  registerFunction({ name }) {
    registered.push(name);
    return new Disposable();
  },
};
const original = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === '@azure/functions-core' ? functionsCore : original.call(this, id);
};

const files = existsSync(bundledEntry)
  ? [bundledEntry]
  : readdirSync(join(folder, 'functions')).map((name) => join(folder, 'functions', name));
// Also those that are not registered unless the settings say so.
process.env['SAMPLE_SERVICE_ENDPOINTS'] = 'keyed';
const entryPoints = files.map((file) => pathToFileURL(file).href);
const startedAt = performance.now();
for (const entryPoint of entryPoints) await import(entryPoint);
const elapsedMs = performance.now() - startedAt;
if (registered.length !== readdirSync('functions').length)
  throw new Error(`only ${registered.length} functions were registered`);
console.log(elapsedMs);
