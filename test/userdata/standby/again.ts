/** What is stopped and started again. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../instance.ts';

/** The boot of a stopped machine that was made ready, with what its metadata has by then. `read`: what cloud-init read before; null: nothing. */
export function bootAgain(
  root: string,
  now: string,
  read: string | null = null,
): { readonly status: number | null; readonly runner: string | null } {
  writeFileSync(join(root, 'user-data'), now);
  rmSync(join(root, 'run/ci-runner'), { recursive: true, force: true });
  let status: number | null = 0;
  if (read !== null) {
    writeFileSync(join(root, 'part-001'), read);
    status = run(root, [join(root, 'part-001')], {});
  }
  // The unit's condition.
  if (!existsSync(join(root, 'run/ci-runner')))
    status = run(root, [join(root, 'opt/ci-runner/start.sh')], {});
  const unit = join(root, 'run/ci-runner/run.sh');
  if (existsSync(unit)) run(root, [unit, 'run'], {});
  const saw = join(root, 'runner-saw');
  return { status, runner: existsSync(saw) ? readFileSync(saw, 'utf8') : null };
}
