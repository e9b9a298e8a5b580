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

/** Its progress is shown on a terminal. Not `npm ci`: it wants the lockfile to name the native packages of every platform. */
const install = (...more) =>
  spawnSync('npm', ['install', '--no-save', '--loglevel=error', '--fetch-retries=1', ...more], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  }).status === 0;

/** One question, of a package that is needed: npm itself would go on asking for half an hour. */
function isRegistryReachable() {
  const limits = ['--fetch-retries=0', '--fetch-timeout=8000', '--loglevel=silent'];
  const asked = spawnSync('npm', ['view', 'tsx', 'version', ...limits], { cwd: root, timeout: 10_000 });
  return asked.status === 0;
}

function tellRegistry() {
  const asked = spawnSync('npm', ['config', 'get', 'registry'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 3_000,
  });
  process.stderr.write(
    `The npm registry does not answer: ${asked.stdout?.trim() || 'npm config get registry shows which'}
Choose one that this machine reaches, or say by which proxy it reaches this one; then try again:
  npm config set registry ADDRESS
  npm config set https-proxy http://HOST:PORT
`,
  );
}

if (!isFresh()) {
  process.stderr.write('Installing the dependencies (once, and after each change of the lockfile)…\n');
  if (isRegistryReachable()) {
    if (!install()) {
      process.stderr.write('npm install failed: what it said stands above; then run this again.\n');
      process.exit(1);
    }
  } else if (!install('--offline', '--loglevel=silent')) {
    // What npm has kept from before was not enough.
    tellRegistry();
    process.exit(1);
  }
}

const { tsImport } = await import('tsx/esm/api');
await tsImport('./index.ts', import.meta.url);
