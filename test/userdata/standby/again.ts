/** What is stopped and started again. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../instance.ts';

/**
 * The boot of a stopped machine that was made ready, with what its metadata has by then. `read`: what cloud-init read, before our
 * unit looks or when that is done and the runner has begun; null: nothing.
 */
export function bootAgain(
  root: string,
  now: string,
  read: string | null = null,
  isLate = false,
): { readonly status: number | null; readonly runner: string | null } {
  writeFileSync(join(root, 'user-data'), now);
  rmSync(join(root, 'run/ci-runner'), { recursive: true, force: true });
  let status: number | null = 0;
  const cloudInit = (): number | null => {
    if (read === null) return 0;
    writeFileSync(join(root, 'part-001'), read);
    return run(root, [join(root, 'part-001')], {});
  };
  if (!isLate) status = cloudInit();
  // The unit's condition.
  if (!existsSync(join(root, 'run/ci-runner')))
    status = run(root, [join(root, 'opt/ci-runner/start.sh')], {});
  const unit = join(root, 'run/ci-runner/run.sh');
  if (existsSync(unit)) run(root, [unit, 'run'], {});
  if (isLate) expect(cloudInit()).toBe(0);
  const saw = join(root, 'runner-saw');
  return { status, runner: existsSync(saw) ? readFileSync(saw, 'utf8') : null };
}
