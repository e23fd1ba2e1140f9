// Jest runs our TypeScript as CommonJS: esbuild strips the types, tsc (npm run types) checks them.
const { transformSync } = require('esbuild');
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  // `await import('@azure/identity')` becomes a require, which Jest can load.
  supported: { 'dynamic-import': false },
};

module.exports = {
  process(source, path) {
    return { code: transformSync(source, { ...options, sourcefile: path }).code };
  },
  getCacheKey(source, path, { instrument }) {
    return createHash('sha256')
      .update(JSON.stringify([source, path, instrument]))
      .update(readFileSync(__filename))
      .digest('hex');
  },
};
