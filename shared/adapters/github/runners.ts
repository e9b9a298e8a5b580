/** Runner registrations: mint, list, remove; for an organisation's group or for one repository. */

import type { GitHubMemory } from '../../github-note.ts';
import type { Registration, Target } from '../../nouns.ts';
import type { Clock, GitHub, MintOutcome, MintRequest } from '../../ports.ts';
import type { Calls } from './calls.ts';
import { allPages } from './pages.ts';
import {
  failed,
  type GitHubAnswer,
  InstallationUnusable,
  messageOf,
  parsed,
  redact,
  Throttled,
  throttledMs,
} from './request.ts';
import { groupsPage, minted, oneRunner, runnersPage } from './shapes.ts';

/** GitHub docs, "Actions limits": 10,000 runners in a group. */
const RUNNER_PAGES_MAX = 100;
const GROUP_PAGES_MAX = 10;
/** A repository has the one default group. */
const REPOSITORY_GROUP = 1;

interface Scope {
  /** Such as `/orgs/{org}` */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

function scopeOf({ owner, repository }: Target): Scope {
  if (repository === null) return { path: '/orgs/{org}', params: { org: owner } };
  const [login = '', repo = ''] = repository.split('/');
  return { path: '/repos/{owner}/{repo}', params: { owner: login, repo } };
}

export function runnersOver(
  calls: Calls,
  { clock, runnerGroup, memory }: RunnersConfig,
): Pick<GitHub, 'mint' | 'registrations' | 'registration' | 'removeRunner'> {
  /** Null: the organisation has no such group. An answer: GitHub would not say. */
  const groupId = async (target: Target, group: string): Promise<number | null | GitHubAnswer> => {
    if (target.repository !== null) return REPOSITORY_GROUP;
    const known = await memory.groupId(target.owner, group);
    if (known !== null) return known;
    const found = await groupNamed(calls, target, group);
    if (typeof found === 'number') await memory.keepGroupId(target.owner, group, found);
    return found;
  };

  const generate: Generate = async (target, { name, labels, group = runnerGroup }) => {
    const id = await groupId(target, group);
    if (id === null) return `there is no runner group named ${group}`;
    if (typeof id !== 'number') return id;
    const { path, params } = scopeOf(target);
    const body = { ...params, name, labels, runner_group_id: id };
    return calls.ask(target, `POST ${path}/actions/runners/generate-jitconfig`, body);
  };

  /** Once more where the first refusal is one that we can mend. */
  const attempt: Generate = async (target, runner) => {
    let answer = await generate(target, runner);
    const isStale = () => memory.forgetGroupId(target.owner, runner.group ?? runnerGroup);
    if (statusOf(answer) === 404 && (await isStale())) {
      answer = await generate(target, runner);
    }
    if (statusOf(answer) !== 409) return answer;
    // A name is used for one launch only: who has it is our own launch, whose reply was lost.
    const isFree = await removeNamed(calls, target, runner.name);
    return isFree ? generate(target, runner) : answer;
  };

  return {
    async mint(target, runner) {
      const heldUntilMs = await memory.heldUntilMs(target.owner);
      if (heldUntilMs > clock.nowMs()) return { kind: 'throttled', retryAtMs: heldUntilMs };
      const outcome = await attempt(target, runner).then(
        (answer) => outcomeOf(answer, target, clock.nowMs()),
        (error: unknown) => outcomeOfFailure(error, clock.nowMs()),
      );
      if (outcome.kind === 'throttled') await memory.hold(target.owner, outcome.retryAtMs);
      return outcome;
    },
    registrations: (target) => registrations(calls, target, {}),
    registration: (target, { name, id }) =>
      id === null ? registrationNamed(calls, target, name) : registrationOf(calls, target, id),
    removeRunner: (target, id) => removeRunner(calls, target, id),
  };
}

interface RunnersConfig {
  readonly clock: Clock;
  readonly runnerGroup: string;
  readonly memory: GitHubMemory;
}

/** A string: why not. */
type Generate = (target: Target, runner: MintRequest) => Promise<GitHubAnswer | string>;

const statusOf = (answer: GitHubAnswer | string): number => (typeof answer === 'string' ? 0 : answer.status);

function outcomeOf(answer: GitHubAnswer | string, target: Target, nowMs: number): MintOutcome {
  if (typeof answer === 'string') return { kind: 'refused', because: answer };
  const route = `POST ${scopeOf(target).path}/actions/runners/generate-jitconfig`;
  if (answer.status === 201) {
    const { runner, encoded_jit_config } = parsed(route, minted, answer);
    return { kind: 'minted', runnerId: runner.id, jitConfig: encoded_jit_config };
  }
  const waitMs = throttledMs(answer);
  if (waitMs !== null) return { kind: 'throttled', retryAtMs: nowMs + waitMs };
  if (answer.status >= 400 && answer.status < 500) {
    return { kind: 'refused', because: `GitHub answered ${answer.status} (${redact(messageOf(answer))})` };
  }
  throw failed(route, answer);
}

function outcomeOfFailure(error: unknown, nowMs: number): MintOutcome {
  if (error instanceof Throttled) return { kind: 'throttled', retryAtMs: nowMs + error.waitMs };
  if (!(error instanceof InstallationUnusable)) throw error;
  return { kind: 'refused', because: `the App's installation gives no token (${error.status})` };
}

async function groupNamed(calls: Calls, target: Target, name: string): Promise<number | null | GitHubAnswer> {
  const route = 'GET /orgs/{org}/actions/runner-groups';
  let refusal: GitHubAnswer | null = null;
  const groups = await allPages(
    async (paging) => {
      const answer = await calls.ask(target, route, { org: target.owner, ...paging });
      if (answer.status >= 500) throw failed(route, answer);
      if (answer.status !== 200) {
        refusal = answer;
        return { total: 0, things: [] };
      }
      const { total_count: total, runner_groups: things } = parsed(route, groupsPage, answer);
      return { total, things };
    },
    ({ id }) => id,
    GROUP_PAGES_MAX,
  );
  if (refusal !== null) return refusal;
  return groups.things.find((group) => group.name.toLowerCase() === name.toLowerCase())?.id ?? null;
}

function registrations(calls: Calls, target: Target, filter: { readonly name?: string }) {
  const { path, params } = scopeOf(target);
  const route = `GET ${path}/actions/runners`;
  return allPages<Registration>(
    async (paging) => {
      const answer = await calls.askWhereItIs(target, route, { ...params, ...filter, ...paging });
      if (answer.status !== 200) throw failed(route, answer);
      const { total_count: total, runners: things } = parsed(route, runnersPage, answer);
      return { total, things };
    },
    ({ id }) => id,
    RUNNER_PAGES_MAX,
  );
}

async function removeRunner(
  calls: Calls,
  target: Target,
  id: number,
): Promise<'removed' | 'absent' | 'busy'> {
  const { path, params } = scopeOf(target);
  const route = `DELETE ${path}/actions/runners/{runner_id}`;
  const answer = await calls.askWhereItIs(target, route, { ...params, runner_id: id });
  if (answer.status === 204) return 'removed';
  if (answer.status === 422) return 'busy';
  if (answer.status !== 404) throw failed(route, answer);
  return 'absent';
}

async function registrationOf(calls: Calls, target: Target, id: number): Promise<Registration | null> {
  const { path, params } = scopeOf(target);
  const route = `GET ${path}/actions/runners/{runner_id}`;
  const answer = await calls.askWhereItIs(target, route, { ...params, runner_id: id });
  if (answer.status === 200) return parsed(route, oneRunner, answer);
  if (answer.status !== 404) throw failed(route, answer);
  return null;
}

/** Its id was never told to us: its launcher died at the mint. */
async function registrationNamed(calls: Calls, target: Target, name: string): Promise<Registration | null> {
  const { things, complete } = await registrations(calls, target, { name });
  const found = things.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found === undefined && !complete)
    throw new Error(`GitHub did not say in full whether there is ${name}`);
  return found ?? null;
}

/** False: it is busy, so it is not for us to remove. */
async function removeNamed(calls: Calls, target: Target, name: string): Promise<boolean> {
  const { things } = await registrations(calls, target, { name });
  const holder = things.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (holder === undefined) return true;
  if (holder.isBusy) return false;
  return (await removeRunner(calls, target, holder.id)) !== 'busy';
}
