/** A home of our own for Serverless Devs: no access keys and no settings of another project, and nothing sent to others. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Its check for a newer one of anything, put off for ever. */
const CHECKED_MS = Date.UTC(2100, 0);

/**
 * The value of `serverless_devs_config_home`. As @serverless-devs/s 3.1.10 reads it: `analysis: disable` keeps it from
 * reporting account and arguments over plain HTTP; what was checked for updates a moment ago is not checked again.
 */
export function toolHome(root: string): string {
  const home = homeOf(root);
  const own = join(home, '.s');
  mkdirSync(join(own, 'config'), { recursive: true });
  chmodSync(home, 0o700);
  leaveNoTrace(root);
  writeFileSync(join(own, 'set-config.yml'), 'analysis: disable\n');
  const checked = { lastUpdateCheck: CHECKED_MS };
  writeFileSync(join(own, 'config', 'update-notifier.json'), JSON.stringify(checked));
  for (const lock of locksIn(join(own, 'components', 'devsapp.cn', 'v3'))) {
    const held = JSON.parse(readFileSync(lock, 'utf8')) as object;
    writeFileSync(lock, JSON.stringify({ ...held, ...checked }));
  }
  return home;
}

const homeOf = (root: string): string => join(root, '.cache', 'serverless-devs');

/** Its logs hold each function's variables, secrets among them, and its archives a configuration; nobody else may read them meanwhile. */
export function leaveNoTrace(root: string): void {
  for (const kept of ['logs', join('fc', 'zip')])
    rmSync(join(homeOf(root), '.s', kept), { recursive: true, force: true });
}

/** Beside each component that was fetched: which version it is, and when that was checked. */
function locksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((component) => join(folder, component, '.s.lock'))
    .filter((lock) => existsSync(lock));
}
