// Jest runs CommonJS. Our TypeScript and packages that are ES modules only become that here: esbuild strips the types, which
// `npm run types` checks.
const { transformSync } = require('esbuild');
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

const options = {
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  // `await import('@azure/identity')` becomes a require, which Jest can load.
  supported: { 'dynamic-import': false },
};
const ofPackages = { define: { 'import.meta.url': 'importMetaUrl' } };
const importMetaUrl = "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;";
const self = readFileSync(__filename);

module.exports = {
  process(source, path) {
    if (path.endsWith('.ts'))
      return { code: transformSync(source, { ...options, loader: 'ts', sourcefile: path }).code };
    const banner = source.includes('import.meta.url') ? importMetaUrl : '';
    return { code: transformSync(source, { ...options, ...ofPackages, loader: 'js', banner, sourcefile: path }).code };
  },
  getCacheKey(source, path, { instrument }) {
    return createHash('sha1').update(self).update(`${path}\0${instrument}\0`).update(source).digest('hex');
  },
};
