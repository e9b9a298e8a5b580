/** One runner of ours at a place whose GitHub side cannot be asked any more, and sweeps until nothing of it is left. */
import { sweep } from '../../../../functions/reaper/sweep.ts';
import { TAG } from '../../../../shared/names.ts';
import type { Instance, Registration, Target } from '../../../../shared/nouns.ts';
import type { GitHub, Instances } from '../../../../shared/ports.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, QUIET, record } from '../fixture.ts';
import { JOB, MINUTE_MS, type Place, type State } from './unreachable-places.ts';

const REPOSITORY = 'acme/app';
const launched = { leaseUntilMs: START_MS - 1, createdAtMs: START_MS, stateAtMs: START_MS };
const LABELS = ['self-hosted', 'aliyun', 'arm64'];

/** What the cloud has: one machine, until it is deleted. */
function cloudOf({ entry, stopsAfterMin, status }: State, now: () => number) {
  const hasMachine = entry.instanceId != null;
  const state = { isThere: hasMachine, deletedAfterMin: null as number | null };
  const machine = (): Instance => ({
    ...{ id: 'i-1', region: 'cn-hangzhou', instanceType: 'ecs.c8y.2xlarge', zone: 'cn-hangzhou-h' },
    ...{
      createdAtMs: START_MS,
      releaseAtMs: START_MS + 420 * MINUTE_MS,
      capacityType: 'spot',
      isRecycling: false,
    },
    ...{
      name: build.runnerName('1-1'),
      securityGroupIds: ['sg-cn-hangzhou'],
      vSwitchId: 'vsw-cn-hangzhou-h',
    },
    ...{
      stopsCharging: status === 'Stopped',
      tags: { [TAG.name]: build.runnerName('1-1'), [TAG.deployment]: 'ci' },
    },
    status:
      status ??
      (stopsAfterMin !== null && now() >= START_MS + stopsAfterMin * MINUTE_MS ? 'Stopped' : 'Running'),
  });
  const list = async () => completeList(...(state.isThere ? [machine()] : []));
  const remove = () => {
    if (!state.isThere) return 'gone' as const;
    Object.assign(state, { isThere: false, deletedAfterMin: (now() - START_MS) / MINUTE_MS });
    return 'asked' as const;
  };
  const instances: Partial<Instances> = {
    list,
    find: async () => (await list()).things,
    terminate: async () => remove(),
    terminateAll: async (_, ids) => new Map(ids.map((id) => [id, remove()])),
    consoleOutput: async () => null,
  };
  return { instances, state };
}

interface Asked {
  readonly what: 'registrations' | 'removal';
  readonly target: Target;
}

function gitHubOf(
  { refuses, isGone = false, isReachable = false, registeredAt }: Place,
  asked: Asked[],
): Partial<GitHub> {
  const { scope } = registeredAt ?? {};
  // Where the scope was changed, today's is another place, and answers.
  const isThere = (target: Target) =>
    target.owner === 'acme' &&
    (scope === undefined || (scope === 'repository') === (target.repository !== null));
  const answer = async <Answer>(target: Target, found: Answer): Promise<Answer> => {
    if (isThere(target) && refuses !== null) throw refuses;
    return found;
  };
  let isRegistered = isReachable;
  const registered = { id: 9, name: build.runnerName('1-1'), isOnline: true, isBusy: false, labels: LABELS };
  return {
    ...QUIET.github,
    async registrations(target) {
      asked.push({ what: 'registrations', target });
      const isShown = isRegistered && isThere(target);
      return answer(target, completeList<Registration>(...(isShown ? [registered] : [])));
    },
    registration: (target) => answer(target, null),
    async removeRunner(target) {
      asked.push({ what: 'removal', target });
      if (isThere(target)) isRegistered = false;
      return answer(target, 'absent' as const);
    },
    job: (target) => answer(target, null),
    run: (target) => answer(target, null),
    repositories: (target) => answer(target, completeList<never>()),
    liveRuns: (target) => (isGone ? Promise.resolve(null) : answer(target, completeList<never>())),
    findCheck: (target) => answer(target, { kind: 'unseen' } as const),
    writeCheck: (target) => answer(target, { kind: 'refused', because: '', isGone: true } as const),
  };
}

/** The later, the further apart: a bound of days is no test of speed. */
const stepAfter = (min: number): number => (min < 15 ? 1 : min < 80 ? 3 : min < 480 ? 30 : 480);

/** Sweeps until its entry is gone, or so many minutes went by. */
export async function sweptAway(place: Place, state: State) {
  const asked: Asked[] = [];
  let now = () => START_MS;
  const cloud = cloudOf(state, () => now());
  const each = openReaper({
    config: place.config,
    github: gitHubOf(place, asked),
    instances: cloud.instances,
  });
  now = () => each.clock.nowMs();
  const { ledger } = each.world;
  const name = build.runnerName('1-1');
  const { registeredAt } = place;
  const entry = { ...launched, for: JOB, repository: REPOSITORY, labels: LABELS, ...state.entry };
  await ledger.runners.add(
    name,
    build.runnerEntry('1-1', { ...entry, ...(registeredAt && { registeredAt }) }),
  );
  const slot = { name, profile: null, repository: REPOSITORY, jobCreatedAtMs: START_MS };
  await ledger.capacity.take({ ...slot, hasTurn: true, isInLine: true }, build.limits(), START_MS);
  const { job } = record(JOB, {
    job: build.job(JOB, { repository: REPOSITORY, labels: LABELS, createdAtMs: START_MS }),
  });
  const isBusy = entry.busyWith != null;
  const started = isBusy ? { startedOn: name, startedAtMs: START_MS } : {};
  const held = state.isHeld ? { held: { by: 'run' as const, width: 1, sinceMs: START_MS } } : {};
  if (state.isAlone !== true)
    await ledger.jobs.add(JOB, build.jobEntry(JOB, { job, nextTryAtMs: START_MS * 2, ...started, ...held }));
  for (
    let min = 0;
    min < state.boundMin && (await ledger.runners.read(name)) !== null;
    min += stepAfter(min)
  ) {
    await each.pass(stepAfter(min) * MINUTE_MS);
    await sweep(each.world).catch(() => undefined);
  }
  const slots = (await ledger.capacity.view()).slots.map((one) => one.name);
  const left = (await ledger.runners.read(name))?.entry ?? null;
  return { ...each, asked, cloud: cloud.state, slots, left, tookMin: (now() - START_MS) / MINUTE_MS };
}
