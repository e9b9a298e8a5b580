/**
 * Repositories under a name that they had before. GitHub docs, "Best practices": follow redirects; "Repository redirects
 * are coming" (2015): 301 for GET and 307 for all else, to the path with the repository's id.
 */
import { canSee } from '../accounts.ts';
import type { Caller } from '../auth.ts';
import type { State } from '../state.ts';
import { notFound, type SimResponse } from '../wire.ts';

/** The path under the repository's name of today, where it was named by its id. */
export function named(state: State, path: string): string {
  return path.replace(/^\/repositories\/(\d+)(?=\/|$)/, (all, id: string) => {
    const found = [...state.repositories.values()].find((one) => one.id === Number(id));
    return found === undefined ? all : `/repos/${found.fullName}`;
  });
}

/** Null: it is not asked for by a former name. */
export function moved(state: State, caller: Caller, method: string, url: URL): SimResponse | null {
  const [, owner = '', repo = ''] = /\/repos\/([^/]+)\/([^/]+)/.exec(url.pathname) ?? [];
  const asked = `${decodeURIComponent(owner)}/${decodeURIComponent(repo)}`.toLowerCase();
  const repository = state.formerNames.get(asked);
  if (repository === undefined || state.repositories.has(asked)) return null;
  if (caller.kind === 'installation' && !canSee(caller.installation, repository)) throw notFound();
  const path = url.pathname.replace(/\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`);
  const location = `${url.origin}${path}${url.search}`;
  const status = method === 'GET' ? 301 : 307;
  return { status, headers: { location }, body: { message: 'Moved Permanently', url: location } };
}
