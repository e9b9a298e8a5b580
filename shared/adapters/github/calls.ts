/** Calls as our installation: which installation that is, and conditional repetition. */

import type { CallBudget, CallUse } from '../../budget.ts';
import type { Target } from '../../nouns.ts';
import type { Budgets } from './limits/budgeted.ts';
import { conditional } from './limits/conditional.ts';
import {
  failed,
  type GitHubAnswer,
  GitHubFailed,
  type GitHubRequest,
  InstallationUnusable,
  isDenied,
  messageOf,
  parsed,
  unusable,
} from './request.ts';
import { installation, oneRepository } from './shapes.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface Calls {
  readonly request: GitHubRequest;
  /** As the installation of the target; resolves with any status. A repository that has another owner now is not followed. */
  ask(target: Target, route: string, params: Params, use?: CallUse): Promise<GitHubAnswer>;
  /**
   * The same, of what we made or saw there: also where the repository is today, should another owner have it, and the App
   * be there, too. A 404 is a statement about the thing: it throws unless the App is installed there.
   */
  askWhereItIs(target: Target, route: string, params: Params, use?: CallUse): Promise<GitHubAnswer>;
  /** Null: nothing is known yet of the owner's installation. */
  budget(owner: string): CallBudget | null;
  mayAsk(use: CallUse, owner: string): boolean;
  installationId(target: Target): Promise<number>;
  isInstalledAt(owner: string): Promise<boolean>;
}

export function callsOver(budgets: Budgets): Calls {
  const request = conditional(budgets.request);
  const known = installationsOver(request);
  const ask: Calls['ask'] = async (target, route, params, use) => {
    const id = await known.idFor(target);
    const answer = await request(route, params, { installation: id }, use).catch(unusable);
    if (answer instanceof InstallationUnusable) {
      const { params: other, installation } = await known.corrected(target, id, params, answer);
      return request(route, other, { installation }, use);
    }
    const own = isDenied(answer) ? await known.confirmed(target, id) : id;
    return own === id ? answer : request(route, params, { installation: own }, use);
  };
  const askElsewhere = async (installation: number, route: string, params: Params, use?: CallUse) => {
    const answer = await request(route, params, { installation }, use).catch(unusable);
    if (!(answer instanceof InstallationUnusable)) return answer;
    return request(route, await renamed(request, params, installation, answer), { installation }, use);
  };
  const askWhereItIs: Calls['askWhereItIs'] = async (target, route, params, use) => {
    const answer = await ask(target, route, params, use).catch(unusable);
    if (!(answer instanceof InstallationUnusable) && answer.status !== 404) return answer;
    const found = await known.lookUp({ ...target, repository: nameIn(params) ?? target.repository });
    if (found.isElsewhere) return askElsewhere(found.id, route, params, use);
    if (answer instanceof InstallationUnusable) throw answer;
    return answer;
  };
  return {
    request,
    ask,
    askWhereItIs,
    budget(owner) {
      const id = known.of(owner);
      return id === null ? null : budgets.of(id);
    },
    mayAsk(use, owner) {
      const id = known.of(owner);
      return id === null || budgets.mayAsk(use, id);
    },
    installationId: known.idFor,
    isInstalledAt: (owner) => isInstalledAt(request, owner),
  };
}

/** Which installation serves whom, as far as this process knows. */
function installationsOver(request: GitHubRequest) {
  /** Of each owner, as GitHub says. */
  const told = new Map<string, number>();
  /** As an event or an entry says: it may have been installed anew since, or a repository's former owner's. */
  const hinted = new Map<string, number>();
  /** Where a repository is today, another owner's included: of the owner whom we ask for, that says nothing. */
  const lookUp = async (target: Target): Promise<Found> => {
    const found = await installationOf(request, target);
    if (!found.isElsewhere) told.set(target.owner, found.id);
    return found;
  };
  const lookUpOwner = async (target: Target): Promise<number> => {
    const found = await lookUp(target);
    return found.isElsewhere ? (await lookUp({ ...target, repository: null })).id : found.id;
  };
  return {
    lookUp,
    /** What GitHub said of an owner is before any hint; a hint is for the call that has it, and no other. */
    async idFor(target: Target): Promise<number> {
      const { owner, installationId: hint } = target;
      if (hint !== null) hinted.set(owner, hint);
      return told.get(owner) ?? hint ?? lookUpOwner(target);
    },
    of: (owner: string): number | null => told.get(owner) ?? hinted.get(owner) ?? null,
    /** What a hint's installation may not see may be there for the owner's own: which that is; `id` where none is known. */
    async confirmed(target: Target, id: number): Promise<number> {
      return told.get(target.owner) ?? lookUpOwner(target).catch((error: unknown) => unlessAbsent(error, id));
    },
    /** What else to ask, where no token was to be had: an App that was installed anew, a repository that was renamed. */
    async corrected(target: Target, id: number, params: Params, error: InstallationUnusable) {
      const fresh = await lookUp(target);
      if (!fresh.isElsewhere && fresh.id !== id) return { params, installation: fresh.id };
      return { params: await renamed(request, params, id, error), installation: id };
    },
  };
}

async function renamed(
  request: GitHubRequest,
  params: Params,
  id: number,
  error: InstallationUnusable,
): Promise<Params> {
  const named = error.status === 422 ? await newName(request, params, id) : null;
  if (named === null) throw error;
  return { ...params, ...named };
}

interface Found {
  readonly id: number;
  /** Of another owner: GitHub led us to where the repository is now. */
  readonly isElsewhere: boolean;
}

/** By repository where there is one, else by its owner. */
async function installationOf(request: GitHubRequest, target: Target): Promise<Found> {
  const { route, answer } = await askInstallation(request, target);
  if (answer.status === 404) throw new InstallationUnusable(null, 404, messageOf(answer), route);
  if (answer.status !== 200) throw failed(route, answer);
  const { id, account } = parsed(route, installation, answer);
  const login = account?.login ?? target.owner;
  const isOther = login.toLowerCase() !== target.owner.toLowerCase();
  // An organisation that is led to under its old name is the same one.
  return { id, isElsewhere: isOther && target.repository !== null };
}

/** The App is not there: the answer of whom we asked is all there is. */
function unlessAbsent(error: unknown, id: number): number {
  if (error instanceof GitHubFailed && error.status === 404) return id;
  throw error;
}

function nameIn({ owner, repo }: Params): string | null {
  return typeof owner === 'string' && typeof repo === 'string' ? `${owner}/${repo}` : null;
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
  if (nameIn({ owner, repo }) === null) return null;
  const route = 'GET /repos/{owner}/{repo}';
  const answer = await request(route, { owner, repo }, { installation: installationId });
  if (answer.status !== 200) return null;
  const named = partsOf(parsed(route, oneRepository, answer).full_name);
  return named.owner === owner && named.repo === repo ? null : { ...named };
}

export const REPO = '/repos/{owner}/{repo}';

/** Of owner/name. */
export function partsOf(repository: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}
