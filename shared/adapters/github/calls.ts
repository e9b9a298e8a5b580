/** Calls as our installation: which installation that is, conditional repetition, and pages. */

import type * as z from 'zod';
import type { CallBudget, CallUse } from '../../budget.ts';
import type { Listing, Target } from '../../nouns.ts';
import type { Budgets } from './limits/budgeted.ts';
import { conditional } from './limits/conditional.ts';
import {
  failed,
  type GitHubAnswer,
  GitHubFailed,
  type GitHubRequest,
  InstallationUnusable,
} from './request.ts';
import { installation, oneRepository } from './shapes.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface Calls {
  readonly request: GitHubRequest;
  /** As the installation of the target; resolves with any status. */
  ask(target: Target, route: string, params: Params, use?: CallUse): Promise<GitHubAnswer>;
  /** Null: nothing is known yet of the owner's installation. */
  budget(owner: string): CallBudget | null;
  mayAsk(use: CallUse, owner: string): boolean;
  installationId(target: Target): Promise<number>;
  /** Throws unless the App is installed there: only then is a 404 a statement about the thing. */
  confirmInstalled(target: Target): Promise<void>;
  isInstalledAt(owner: string): Promise<boolean>;
}

export function callsOver(budgets: Budgets): Calls {
  const request = conditional(budgets.request);
  /** A stale id → the one that replaced it. */
  const replaced = new Map<number, number>();
  const byOwner = new Map<string, number>();

  const lookUp = async (target: Target): Promise<number> => {
    const found = await installationOf(request, target);
    byOwner.set(target.owner, found);
    return found;
  };
  const installationId = async (target: Target): Promise<number> => {
    const hint = target.installationId;
    if (hint !== null) return replaced.get(hint) ?? hint;
    return byOwner.get(target.owner) ?? (await lookUp(target));
  };
  /** What else to ask, where no token was to be had: an App that was installed anew, a repository that was renamed. */
  const corrected = async (target: Target, id: number, params: Params, error: InstallationUnusable) => {
    const fresh = await lookUp(target);
    if (fresh !== id) {
      replaced.set(target.installationId ?? id, fresh);
      return { params, installation: fresh };
    }
    const named = error.status === 422 ? await newName(request, params, id) : null;
    if (named === null) throw error;
    return { params: { ...params, ...named }, installation: id };
  };
  const ask: Calls['ask'] = async (target, route, params, use) => {
    const id = await installationId(target);
    byOwner.set(target.owner, id);
    try {
      return await request(route, params, { installation: id }, use);
    } catch (error) {
      if (!(error instanceof InstallationUnusable)) throw error;
      const { params: other, installation } = await corrected(target, id, params, error);
      return request(route, other, { installation }, use);
    }
  };
  const confirmInstalled = async (target: Target): Promise<void> => void (await lookUp(target));
  const knownOf = (owner: string) => {
    const hint = byOwner.get(owner);
    return hint === undefined ? null : (replaced.get(hint) ?? hint);
  };
  return {
    request,
    ask,
    budget(owner) {
      const id = knownOf(owner);
      return id === null ? null : budgets.of(id);
    },
    mayAsk(use, owner) {
      const id = knownOf(owner);
      return id === null || budgets.mayAsk(use, id);
    },
    installationId,
    confirmInstalled,
    isInstalledAt: (owner) => isInstalledAt(request, owner),
  };
}

/** By repository where there is one, else by its owner. */
async function installationOf(request: GitHubRequest, target: Target): Promise<number> {
  const { route, answer } = await askInstallation(request, target);
  if (answer.status !== 200) throw failed(route, answer);
  return parsed(route, installation, answer).id;
}

async function isInstalledAt(request: GitHubRequest, owner: string): Promise<boolean> {
  const { answer } = await askInstallation(request, { owner, repository: null });
  return answer.status === 200;
}

/** An owner is an organisation or a person. */
async function askInstallation(
  request: GitHubRequest,
  { owner, repository }: Pick<Target, 'owner' | 'repository'>,
): Promise<{ readonly route: string; readonly answer: GitHubAnswer }> {
  const ask = async (route: string, params: Readonly<Record<string, string>>) => ({
    route,
    answer: await request(route, params, 'app'),
  });
  const repo = repository?.split('/')[1];
  if (repo !== undefined) return ask('GET /repos/{owner}/{repo}/installation', { owner, repo });
  const asOrganization = await ask('GET /orgs/{org}/installation', { org: owner });
  if (asOrganization.answer.status !== 404) return asOrganization;
  return ask('GET /users/{username}/installation', { username: owner });
}

/** GitHub narrows a token by the names of today alone; null: the repository has the one that we know, or is gone. */
async function newName(
  request: GitHubRequest,
  { owner, repo }: Params,
  installationId: number,
): Promise<Params | null> {
  if (typeof owner !== 'string' || typeof repo !== 'string') return null;
  const route = 'GET /repos/{owner}/{repo}';
  const answer = await request(route, { owner, repo }, { installation: installationId });
  if (answer.status !== 200) return null;
  const named = partsOf(parsed(route, oneRepository, answer).full_name);
  return named.owner === owner && named.repo === repo ? null : { ...named };
}

/** What does not have the shape throws, without repeating what it was. */
export function parsed<Shape extends z.ZodType>(
  route: string,
  shape: Shape,
  { status, data }: GitHubAnswer,
): z.output<Shape> {
  const found = shape.safeParse(data);
  if (found.success) return found.data;
  const where = found.error.issues[0]?.path.join('.') || 'the whole';
  throw new GitHubFailed(route, status, `malformed answer at ${where}`);
}

export const REPO = '/repos/{owner}/{repo}';

/** Of owner/name. */
export function partsOf(repository: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

export interface Page<Thing> {
  readonly total: number;
  readonly things: readonly Thing[];
}

const PER_PAGE = 100;

/**
 * A counted list, page by page, at most `pagesMax`. Complete only if as many different things came as GitHub counted,
 * from the first page to the last: a list that moved underneath proves nothing.
 */
export async function allPages<Thing>(
  ask: (paging: { readonly per_page: number; readonly page: number }) => Promise<Page<Thing>>,
  keyOf: (thing: Thing) => string | number,
  pagesMax: number,
): Promise<Listing<Thing>> {
  const found = new Map<string | number, Thing>();
  const totals = new Set<number>();
  for (let page = 1; page <= pagesMax; page++) {
    const { total, things } = await ask({ per_page: PER_PAGE, page });
    totals.add(total);
    for (const thing of things) found.set(keyOf(thing), thing);
    if (things.length < PER_PAGE || page * PER_PAGE >= total) break;
  }
  const things = [...found.values()];
  return { things, complete: totals.size === 1 && totals.has(things.length) };
}
