/** Whether authors are told on the commit: optional, so nothing here is wrong. */
import { type Check, ok } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';
import { listInstallations, ownersOf } from './github.ts';

export const CHECK_RUNS_CHECK: Check = { name: 'check runs', needs: ['App installation'], look };

async function look(world: DoctorWorld) {
  if (!world.config.github.checks) return [ok('off: github.checks is false')];
  const owners = new Set(ownersOf(world).map((owner) => owner.toLowerCase()));
  const installed = await listInstallations(world);
  const lacking = installed.filter(
    ({ account, permissions }) => owners.has(account.login.toLowerCase()) && permissions.checks !== 'write',
  );
  if (lacking.length === 0) return [ok('authors are told on the commit')];
  const where = lacking.map(({ account }) => account.login).join(', ');
  return [
    ok(
      `not permitted at ${where}, optional: to tell authors on the commit, add “Checks: write” in the App’s settings, then accept it`,
    ),
  ];
}
