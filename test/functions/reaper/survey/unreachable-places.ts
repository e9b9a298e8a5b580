/** Places whose GitHub side cannot be asked any more, and what a runner may be at when that happens. */
import { GitHubFailed, InstallationUnusable } from '../../../../shared/adapters/github/request.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Candidate, Instance, JobId } from '../../../../shared/nouns.ts';
import { START_MS } from '../../../world/in-process.ts';

export const MINUTE_MS = 60_000;
export const JOB = 1 as JobId;

/** How a place is, as runners.yaml says it today, and as GitHub answers. */
export interface Place {
  readonly config: object;
  /** Whatever is asked of a runner or a job there throws this; null: the host of today answers that there is none. */
  readonly refuses: Error | null;
  /** The repository is gone, and the App is at its owner: a look at its runs says so. */
  readonly isGone?: boolean;
  /** It can be asked as before, and its runner is online there until it is removed. */
  readonly isReachable?: boolean;
  /** What the entry remembers of where it registered. */
  readonly registeredAt?: RunnerEntry['registeredAt'];
}

const refused = (status: number) =>
  new GitHubFailed('GET /repos/{owner}/{repo}/actions/runners', status, 'Not Found');
const untokened = (status: number) => new InstallationUnusable(7, status, 'Not Found');
const byRepository = { github: { scope: 'repository' }, repositories: { allow: ['acme/*'] } };
const byOwner = { github: { scope: 'organization' }, repositories: { allow: ['acme/*'] } };
const github = 'https://github.com';

/** One for each way in which a place is lost. */
export const PLACES: Readonly<Record<string, Place>> = {
  'a repository that was deleted, or transferred to where the App is not': {
    config: byRepository,
    refuses: refused(404),
    isGone: true,
  },
  'a repository that was taken out of the installation': {
    config: byRepository,
    refuses: untokened(422),
    isGone: true,
  },
  'a repository whose owner removed the App': { config: byRepository, refuses: untokened(404) },
  'an organisation that removed the App': { config: byOwner, refuses: untokened(404) },
  'an organisation that suspended the App': { config: byOwner, refuses: untokened(403) },
  'an owner who is in runners.yaml no more, and removed the App': {
    config: { ...byOwner, repositories: { allow: ['other/*'] } },
    refuses: untokened(404),
  },
  'a repository, and runners.yaml says organisation now, whose App may not ask repositories': {
    config: byOwner,
    refuses: refused(403),
    registeredAt: { host: github, scope: 'repository' },
  },
  'an organisation, and runners.yaml says repository now, whose App may not ask organisations': {
    config: byRepository,
    refuses: refused(403),
    registeredAt: { host: github, scope: 'organization' },
  },
  'another host than the one in runners.yaml': {
    config: byOwner,
    refuses: null,
    registeredAt: { host: 'https://github.acme.example', scope: 'organization' },
  },
};

/** Places that runners.yaml says otherwise of by now, and that can be asked as before. */
export const REACHABLE: Readonly<Record<string, Place & { readonly repository: string | null }>> = {
  'a repository, and runners.yaml says organisation now': {
    ...{ config: byOwner, refuses: null, isReachable: true, repository: 'acme/app' },
    registeredAt: { host: github, scope: 'repository' },
  },
  'an organisation, and runners.yaml says repository now': {
    ...{ config: byRepository, refuses: null, isReachable: true, repository: null },
    registeredAt: { host: github, scope: 'organization' },
  },
  'an owner who is in runners.yaml no more': {
    config: { ...byOwner, repositories: { allow: ['other/*'] } },
    ...{ refuses: null, isReachable: true, repository: null },
  },
};

/** Minutes after which its machine stops by itself; null: it has none. */
export interface State {
  readonly entry: Partial<RunnerEntry>;
  readonly stopsAfterMin: number | null;
  readonly boundMin: number;
  readonly status?: Instance['status'];
  readonly isHeld?: boolean;
  /** No job waits. */
  readonly isAlone?: boolean;
  /** A job may run on it, or begin to at any moment. */
  readonly mayHaveJob?: boolean;
}

const there = {
  runnerId: 9,
  instanceId: 'i-1',
  region: 'cn-hangzhou',
  releaseAtMs: START_MS + 420 * MINUTE_MS,
};
const walks = [{ region: 'cn-hangzhou' }] as unknown as readonly Candidate[];

export const STATES: Readonly<Record<string, State>> = {
  'a launch whose mint nobody heard of': { entry: {}, stopsAfterMin: null, boundMin: 70 },
  'a launch that was minted, and asked for no machine that came': {
    entry: { runnerId: 9, walks },
    stopsAfterMin: null,
    boundMin: 70,
  },
  'a launch of one that was to stand stopped': {
    entry: { for: null, standby: 'preparing', walks },
    stopsAfterMin: null,
    boundMin: 70,
  },
  'one that boots, and never comes online': {
    entry: { state: 'booting', ...there },
    stopsAfterMin: 12,
    mayHaveJob: true,
    boundMin: 20,
  },
  'one that boots for ever': { entry: { state: 'booting', ...there }, stopsAfterMin: 1_000, boundMin: 420 },
  'an idle one': { entry: { state: 'idle', ...there }, stopsAfterMin: 30, mayHaveJob: true, boundMin: 40 },
  'an idle one that nobody wants': {
    entry: { state: 'idle', isUnwanted: true, ...there },
    stopsAfterMin: 30,
    mayHaveJob: true,
    boundMin: 40,
  },
  'an idle one, taken off GitHub before': {
    entry: { state: 'idle', removedAtMs: START_MS, ...there },
    stopsAfterMin: 30,
    boundMin: 40,
  },
  'an idle one whose job GitHub holds back': {
    entry: { state: 'idle', ...there },
    stopsAfterMin: 30,
    mayHaveJob: true,
    boundMin: 40,
    isHeld: true,
  },
  'an idle one that waits in a pool': {
    entry: { state: 'idle', for: null, warm: 'left', ...there },
    stopsAfterMin: 30,
    mayHaveJob: true,
    boundMin: 40,
  },
  'one that stands stopped': {
    entry: { state: 'booting', for: null, standby: 'stopped', ...there, runnerId: null },
    stopsAfterMin: null,
    boundMin: 10,
    status: 'Stopped',
  },
  'a busy one': {
    entry: { state: 'busy', busyWith: JOB, ...there },
    stopsAfterMin: 50,
    mayHaveJob: true,
    boundMin: 70,
  },
  'a busy one whose machine was never seen': {
    entry: { state: 'busy', busyWith: JOB, ...there, instanceId: null, region: null, releaseAtMs: null },
    stopsAfterMin: null,
    boundMin: 7 * 24 * 60,
  },
  'a retiring one': { entry: { state: 'retiring', ...there }, stopsAfterMin: 30, boundMin: 10 },
  'a retiring one on which a job started': {
    entry: { state: 'retiring', busyWith: JOB, ...there },
    stopsAfterMin: 30,
    mayHaveJob: true,
    boundMin: 40,
  },
};
