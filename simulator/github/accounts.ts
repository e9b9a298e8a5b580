/** Organisations, users, repositories, runner groups and where the App is installed. */
import type { Account, Group, Installation, Repository } from './model.ts';
import { newId, type State } from './state.ts';
import { notFound, Refusal } from './wire.ts';

const key = (name: string): string => name.toLowerCase();

export function addAccount(state: State, login: string, type: Account['type']): Account {
  const account = { id: newId(state), login, type };
  state.accounts.set(key(login), account);
  if (type === 'Organization') {
    addGroup(state, { organization: login, name: 'Default', repositories: 'all', isDefault: true });
  }
  return account;
}

export function addRepository(state: State, fullName: string, isPublic: boolean): Repository {
  const [login, name] = fullName.split('/') as [string, string];
  const owner = accountOf(state, login);
  const repository = {
    id: newId(state),
    owner,
    name,
    fullName,
    isPublic,
    pushedAtMs: state.clock.nowMs(),
  };
  state.repositories.set(key(fullName), repository);
  return repository;
}

/**
 * GitHub docs, "Renaming a repository": its id, runs and access stay; the old name leads to it until it is taken. With another
 * owner, "Transferring a repository", groups and installations that named it are an organisation's that has it no more.
 */
export function renameRepository(state: State, from: string, to: string): void {
  const repository = repositoryOf(state, from);
  const [login, name] = to.split('/') as [string, string];
  state.repositories.delete(key(from));
  state.formerNames.set(key(from), repository);
  Object.assign(repository, { owner: accountOf(state, login), name, fullName: to });
  state.repositories.set(key(to), repository);
  const now = key(login) === key(from.split('/')[0] ?? '') ? [to] : [];
  const renamed = (names: 'all' | readonly string[]) =>
    names === 'all' ? names : names.flatMap((each) => (key(each) === key(from) ? now : [each]));
  for (const group of state.groups.values())
    state.groups.set(group.id, { ...group, repositories: renamed(group.repositories) });
  for (const one of state.installations.values())
    state.installations.set(one.id, { ...one, repositories: renamed(one.repositories) });
  for (const runner of state.runners.values())
    if (runner.scope.kind === 'repository' && key(runner.scope.repository) === key(from))
      runner.scope = { kind: 'repository', repository: to };
}

export interface GroupPlan {
  readonly organization: string;
  readonly name: string;
  readonly repositories: Group['repositories'];
  readonly allowsPublic?: boolean;
  readonly isDefault?: boolean;
}

/** Seen in the wild: id 1 is not special; so no group has it. */
export function addGroup(state: State, plan: GroupPlan): Group {
  const group = { allowsPublic: false, isDefault: false, ...plan, id: newId(state) };
  state.groups.set(group.id, group);
  return group;
}

export function install(
  state: State,
  login: string,
  repositories: Installation['repositories'],
): Installation {
  const installation = {
    id: newId(state),
    account: accountOf(state, login),
    repositories,
    isSuspended: false,
    createdAtMs: state.clock.nowMs(),
  };
  state.installations.set(installation.id, installation);
  return installation;
}

export function accountOf(state: State, login: string): Account {
  const account = state.accounts.get(key(login));
  if (account === undefined) throw notFound();
  return account;
}

export function repositoryOf(state: State, fullName: string): Repository {
  const repository = state.repositories.get(key(fullName));
  if (repository === undefined) throw notFound();
  return repository;
}

export function installationOf(state: State, login: string): Installation | null {
  const of = [...state.installations.values()].filter(({ account }) => key(account.login) === key(login));
  return of.at(-1) ?? null;
}

export function canSee(installation: Installation, repository: Repository): boolean {
  if (installation.account.id !== repository.owner.id) return false;
  return installation.repositories === 'all' || installation.repositories.includes(repository.fullName);
}

export function groupsOf(state: State, login: string): Group[] {
  return [...state.groups.values()].filter(({ organization }) => key(organization) === key(login));
}

/** A private group's runners never serve a public repository. */
export function groupServes(group: Group, repository: Repository): boolean {
  if (repository.isPublic && !group.allowsPublic) return false;
  return group.repositories === 'all' || group.repositories.includes(repository.fullName);
}

export function repositoriesOf(state: State, installation: Installation): Repository[] {
  return [...state.repositories.values()].filter((repository) => canSee(installation, repository));
}

/** GitHub docs, "Managing allowed IP addresses for your organization": an App's calls for an installation, too. */
export function checkAddress({ login, allowedAddresses }: Account, from: string | undefined): void {
  if (from === undefined || allowedAddresses === undefined || allowedAddresses.includes(from)) return;
  throw new Refusal(
    403,
    `Although you appear to have the correct authorization credentials, the \`${login}\` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.`,
  );
}
