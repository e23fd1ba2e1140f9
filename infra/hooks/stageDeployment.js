// Puts together the folder that is deployed: the bundle, host.json, and of package.json what the Functions worker reads. The
// bundle needs no node_modules, so no dependencies and no scripts are named that anybody could install or run.
// Usage: node infra/hooks/stageDeployment.js <folder>, from the root of the repository, after the build.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , folder] = process.argv;
if (!folder) throw new Error('Name the folder to put the deployment in.');

const { name, version, type, main } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
cpSync('dist', join(folder, 'dist'), { recursive: true });
cpSync('host.json', join(folder, 'host.json'));
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, private: true, type, main }, null, 2));
