// Plain JavaScript, because it runs before anything is installed: brings the dependencies up to the
// lockfile, then hands over to cli/index.ts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node ${process.versions.node} is too old: install Node 20.19 or newer.\n`);
  process.exit(2);
}

/** npm leaves a copy of what it installed; it lists the same packages as the lockfile when all is fresh. */
function isFresh() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(Object.entries(packages).map(([path, { version }]) => [path, version]));
  };
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const have = packagesOf(installed);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || have.get(path) === version,
  );
}

if (!isFresh()) {
  process.stderr.write('Installing the dependencies (once, and after each change of the lockfile)…\n');
  // Not `npm ci`: it wants the lockfile to name the native packages of every platform, and each machine needs one.
  const installed = spawnSync('npm', ['install', '--no-save', '--no-progress', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (installed.status !== 0) {
    process.stderr.write('npm install failed: see above; is the npm registry reachable?\n');
    process.exit(1);
  }
}

const { tsImport } = await import('tsx/esm/api');
await tsImport('./index.ts', import.meta.url);
