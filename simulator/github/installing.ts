/** Where the App is installed, as its owners change it; GitHub announces each. */
import { install } from './accounts.ts';
import { announceInstallation } from './announcements.ts';
import type { Installation } from './model.ts';
import type { State } from './state.ts';

export function installed(
  state: State,
  login: string,
  repositories: Installation['repositories'],
): Installation {
  const installation = install(state, login, repositories);
  announceInstallation(state, 'created', installation);
  return installation;
}

export function uninstalled(state: State, id: number): void {
  const installation = state.installations.get(id);
  if (installation === undefined) throw new Error(`no installation ${id}`);
  state.installations.delete(id);
  announceInstallation(state, 'deleted', installation);
}

/** False: the App is not installed there any more. */
export function suspended(state: State, id: number, isSuspended: boolean): boolean {
  const installation = state.installations.get(id);
  if (installation === undefined) return false;
  installation.isSuspended = isSuspended;
  announceInstallation(state, isSuspended ? 'suspend' : 'unsuspend', installation);
  return true;
}
