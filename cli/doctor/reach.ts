/**
 * How GitHub, the bucket and the package mirrors are reached from inside each placement's region, as the mirror there
 * measures it: what machines will meet, but for a proxy of theirs.
 */
import { namesOf } from '../../infra/names.ts';
import type { PlacementConfig } from '../../shared/config/config.ts';
import { mirrorFunction } from '../../shared/runner/copies.ts';
import { ReachAnswer, type ReachOrder } from '../../shared/runner/kept/reach.ts';
import { machineMirrors } from '../../shared/runner/package-mirrors.ts';
import { runnerUrls } from '../../shared/runner/sources.ts';
import { judge, type Reached } from '../shared/reach/judge.ts';
import { GITHUBS, placesOf } from '../shared/reach/places.ts';
import { type Check, type CheckOutcome, ok, unseen, warning } from './finding.ts';
import type { DoctorWorld } from './world.ts';

export const REACH_CHECK: Check = { name: 'ways from inside', needs: ['functions', 'ledger'], look };

async function look(world: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const found = await Promise.all(world.config.placements.map((placement) => lookFrom(placement, world)));
  return found.flat();
}

async function lookFrom(placement: PlacementConfig, world: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const { region, mirrorBucket } = placement;
  if (mirrorBucket === null)
    return [
      unseen(`${region} is not measured: no mirror is there`, 'npm run prove measures it from a machine'),
    ];
  const order = await orderFor(placement, world);
  if (order === null) return [unseen(`${region} is not measured: no runner release is known yet`)];
  const answer = ReachAnswer.safeParse(await asked(order, region, world));
  if (!answer.success)
    return [
      warning(
        `the mirror of ${region} cannot measure: its release is older, or it does not start`,
        'run npm run deploy',
      ),
    ];
  const reached = judged(order, answer.data);
  const isGitHubs = ({ name }: Reached) => GITHUBS.includes(name);
  return [
    ...gitHubFrom(placement, reached.filter(isGitHubs)),
    ...othersFrom(
      region,
      reached.filter((each) => !isGitHubs(each)),
    ),
  ];
}

/** Null: nothing is known that a machine would fetch. */
async function orderFor(
  { region, mirrorBucket, proxy }: PlacementConfig,
  { config, mirrored }: DoctorWorld,
): Promise<ReachOrder | null> {
  const release = await mirrored();
  if (release === null) return null;
  const urls = runnerUrls(release, 'amd64', region, null);
  const told = {
    runner: { versions: [], sha256: '', urls },
    mirrors: machineMirrors(region, config.mirrors),
    registryMirror: config.defaults.registryMirror,
  };
  const places = Object.entries(placesOf(told, config.github.baseUrl));
  // Machines with a proxy go another way than the function.
  const own = proxy === null ? places : places.filter(([name]) => !GITHUBS.includes(name));
  const isCopied = mirrorBucket !== null && release.regions.includes(region);
  return {
    kind: 'reach',
    places: Object.fromEntries(own),
    key: isCopied ? release.archives.amd64.key : null,
  };
}

/** By the management API, and waited for. */
function asked(order: ReachOrder, region: string, { alibaba, config }: DoctorWorld): Promise<unknown> {
  const name = mirrorFunction(namesOf(config).functionOf('mirror'), region, config.control.region);
  return alibaba.fc(region, 'InvokeFunction', 'POST', `/functions/${name}/invocations`, order);
}

/** Whether functions reach Alibaba Cloud's internal mirrors is not documented: silence says nothing of machines. */
const isInternal = (url: string | undefined): boolean =>
  url?.includes('//mirrors.cloud.aliyuncs.com') === true;

function judged({ places }: ReachOrder, { reached }: ReachAnswer): readonly Reached[] {
  return Object.entries(reached).map(([name, { status, firstByteMs, bytesPerSecond }]) =>
    status === null && isInternal(places[name])
      ? { name, text: `${name} not seen`, isBad: false }
      : judge(name, status, firstByteMs / 1000, bytesPerSecond),
  );
}

const textOf = (reached: readonly Reached[]): string => reached.map(({ text }) => text).join(', ');
const isBad = (reached: readonly Reached[]): boolean => reached.some((each) => each.isBad);

function gitHubFrom({ region, proxy }: PlacementConfig, reached: readonly Reached[]): CheckOutcome[] {
  if (proxy !== null)
    return [unseen(`from ${region} machines go to GitHub by their proxy`, 'npm run prove measures it')];
  if (!isBad(reached)) return [ok(`from ${region} GitHub is reached well: ${textOf(reached)}`)];
  return [
    warning(
      `from ${region} GitHub is reached badly: ${textOf(reached)}`,
      'jobs start late or fail: for release and codeload set mirrorBucket and mirror.actions, then npm run mirror; for web, api and broker placements[].proxy',
    ),
  ];
}

function othersFrom(region: string, reached: readonly Reached[]): CheckOutcome[] {
  if (reached.length === 0) return [];
  if (!isBad(reached))
    return [ok(`from ${region} bucket and package mirrors are reached well: ${textOf(reached)}`)];
  return [
    warning(
      `from ${region} bucket and package mirrors are reached badly: ${textOf(reached)}`,
      'for a package mirror name another one, or none, under mirrors: in runners.yaml; for the bucket look at OSS, then npm run mirror',
    ),
  ];
}
