const { existsSync, readFileSync } = require('node:fs');

/** Packages among these, and among those that they need, which Node's `require` cannot load: jest.config.js has them transformed. */
module.exports.esModulesOnly = function esModulesOnly(names, found = new Set()) {
  for (const name of names) {
    const file = `node_modules/${name}/package.json`;
    if (found.has(name) || !existsSync(file)) continue;
    const { type, exports, dependencies = {} } = JSON.parse(readFileSync(file, 'utf8'));
    if (type !== 'module' || /"(?:require|module-sync)":/.test(JSON.stringify(exports ?? null))) continue;
    found.add(name);
    esModulesOnly(Object.keys(dependencies), found);
  }
  return [...found];
};
