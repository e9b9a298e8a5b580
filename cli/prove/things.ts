/** What a run makes: launched, looked at, and removed again. */
import type { EcsCall } from '../../shared/adapters/ecs/call.ts';
import { ecsInstances } from '../../shared/adapters/ecs/instances.ts';
import { listTagged } from '../../shared/adapters/ecs/look-ups.ts';
import { clientTokenOf, TAG } from '../../shared/names.ts';
import type { Candidate, Instance, Listing, RunnerName } from '../../shared/nouns.ts';
import type { Instances, RunOutcome } from '../../shared/ports.ts';
import type { Draft, Launched } from './draft.ts';
import type { ProveWorld } from './world.ts';

/** The nearest that ECS takes, and a margin for the walk from candidate to candidate. */
const RELEASE_MS = 35 * 60_000;

export const nameOf = (world: Pick<ProveWorld, 'config' | 'run'>, what: string): string =>
  `${world.config.name}-prove-${world.run}-${what}`;

export function instancesOf(world: ProveWorld, call: EcsCall = world.ecs): Instances {
  const { config, nowMs, sleep } = world;
  return ecsInstances({
    ...{ call, deployment: config.name, clock: { nowMs }, pause: sleep, log: () => undefined },
    ...{ placements: config.placements, images: config.images },
    ...{ spotDuration: config.spot.duration, ramRole: config.selfDestruct.roleName },
    diskEncryption: config.defaults.diskEncryption,
  });
}

/** As the product launches, candidate after candidate. Throws with the code that ended the walk. */
export async function launch(
  draft: Draft,
  world: ProveWorld,
  what: string,
  userDataFor: (candidate: Candidate) => string,
): Promise<Launched> {
  let params: Readonly<Record<string, string>> = {};
  const noting: EcsCall = (region, action, said) => {
    params = said;
    return world.ecs(region, action, said);
  };
  const codes: string[] = [];
  for (const candidate of draft.plan.candidates) {
    const askedAtMs = world.nowMs();
    const { intention, config } = world;
    const begun = intention.read() ?? { ...NOTHING, deployment: config.name };
    intention.write({ ...begun, regions: regionsOf(config), askedAtMs });
    const request = requestOf(draft, world, nameOf(world, what), candidate, userDataFor(candidate));
    const outcome = await instancesOf(world, noting).run(request);
    if (outcome.kind === 'running') {
      const launched = { id: outcome.instanceId, candidate, params, askedAtMs, endedAtMs: null };
      draft.launched.push(launched);
      return launched;
    }
    codes.push(outcome.code);
    if (isEnd(outcome)) break;
  }
  throw new Error(codes.length === 0 ? draft.plan.note : `refused with ${[...new Set(codes)].join(', ')}`);
}

const NOTHING = { regions: [], askedAtMs: 0, role: null };
const regionsOf = ({ placements }: ProveWorld['config']): string[] => placements.map(({ region }) => region);

/** The others would fare the same, or an instance may be there. */
const isEnd = ({ kind }: RunOutcome): boolean => ['unknown', 'fatal', 'throttled'].includes(kind);

export function requestOf(
  { plan }: Pick<Draft, 'plan'>,
  { config, nowMs }: ProveWorld,
  name: string,
  candidate: Candidate,
  userData: string,
) {
  const atMs = nowMs();
  return {
    ...{
      candidate,
      userData,
      name: name as RunnerName,
      clientToken: clientTokenOf(name as RunnerName, atMs, candidate),
    },
    releaseAtMs: atMs + RELEASE_MS,
    ...{ diskGiB: plan.requirements.diskGiB, image: plan.requirements.image },
    tags: { ...config.tags, [TAG.prove]: config.name },
  };
}

/** All that any run of this deployment left in a region: a tag alone, which anybody may write, is not enough. */
export async function listOurs(region: string, world: ProveWorld): Promise<Listing<Instance>> {
  const { ecs: call, sleep: pause, config } = world;
  const { things, complete } = await listTagged(region, { call, pause, deployment: config.name }, TAG.prove);
  const start = `${config.name}-prove-`;
  const isOurs = ({ name }: Instance) =>
    name.startsWith(start) && /^[0-9a-z]+-[a-z]/.test(name.slice(start.length));
  return { things: things.filter(isOurs), complete };
}
