/** The functions as they are deployed: what would change, the version kept to go back to, and going back. */
import { functionPlaces, namesOf } from '../../infra/names.ts';
import { CONFIGURATION_VARIABLE } from '../../infra/one-click/configuration.ts';
import type { Config } from '../../shared/config/config.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { releaseBefore } from './rollback-target.ts';

export interface Live {
  readonly kind: FunctionKind;
  readonly name: string;
  readonly region: string;
  /** Null: not deployed. */
  readonly release: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** Of a function of that name that has another role than ours have: its role's name. Null: it is ours, or not there. */
  readonly strange: string | null;
}

/** Null: they are a deploy's to change. A stack of the one-click template has them, and would change them back. */
export function whyNotOurs(live: readonly Live[], config: Config): string | null {
  const why = whyStrange(live, config);
  if (why !== null) return why;
  const other = live.find(({ variables }) => CONFIGURATION_VARIABLE in variables);
  return other === undefined
    ? null
    : `${other.name} was made by a stack of the one-click template. Delete that stack first, when no job runs; the ledger goes with it. Or choose another name: in runners.yaml.`;
}

/** Older ones are removed: Function Compute keeps a limited number for each function. */
const VERSIONS_KEPT = 5;

export function liveFunctions(alibaba: Alibaba, config: Config): Promise<Live[]> {
  return Promise.all(
    functionPlaces(config).map(async (place) => {
      const path = `/functions/${place.name}`;
      const found = await alibaba.fc(place.region, 'GetFunction', 'GET', path).catch(nullIfAbsent);
      return {
        ...place,
        release: found === null ? null : String(found.description ?? ''),
        variables: (found?.environmentVariables ?? {}) as Live['variables'],
        strange: found === null ? null : strangeRole(found.role, namesOf(config).roleOf(place.kind)),
      };
    }),
  );
}

/** Null: none of them is somebody else's. */
function whyStrange(live: readonly Live[], config: Config): string | null {
  const theirs = live.find(({ strange }) => strange !== null);
  return theirs === undefined
    ? null
    : `${theirs.name} in ${theirs.region} is a function of somebody else: its role is ${theirs.strange}, not ${namesOf(config).roleOf(theirs.kind)}. Choose another name: in runners.yaml.`;
}

/** Any project of the account may call a function `ci-webhook`. By its role, which is an ARN, it is known. */
function strangeRole(role: unknown, ours: string): string | null {
  const arn = String(role ?? '').toLowerCase();
  return arn.split('/').at(-1) === ours.toLowerCase() ? null : arn || 'none';
}

interface Version {
  readonly versionId: string;
  readonly description: string;
}

/** Newest first. */
async function versionsOf(alibaba: Alibaba, { region, name }: Live): Promise<Version[]> {
  const answer = await alibaba.fc(region, 'ListFunctionVersions', 'GET', `/functions/${name}/versions`);
  return ((answer.versions ?? []) as Version[]).toSorted((a, b) => Number(b.versionId) - Number(a.versionId));
}

/** Publishes what is live, so that a rollback finds it as the newest. Once, however often a deploy is tried. */
export async function keepVersion(alibaba: Alibaba, live: Live): Promise<void> {
  const { name, region, release } = live;
  if (release === null) return;
  const versions = await versionsOf(alibaba, live);
  if (versions[0]?.description === release) return;
  const path = `/functions/${name}/versions`;
  await alibaba.fc(region, 'PublishFunctionVersion', 'POST', path, { description: release });
  for (const { versionId } of versions.slice(VERSIONS_KEPT - 1))
    await alibaba.fc(region, 'DeleteFunctionVersion', 'DELETE', `${path}/${versionId}`);
}

export interface RollbackWorld {
  readonly alibaba: Alibaba;
  readonly config: Config;
  readonly download: (url: string) => Promise<Buffer>;
  readonly say: (line: string) => void;
}

/** Secrets stay those of today: they may have been rotated since, and one that is gone may be gone because it leaked. */
const KEPT = /^(GITHUB_|WEBHOOK_SECRET)/;
const isKept = ([name]: readonly [string, unknown]): boolean => KEPT.test(name);

/**
 * Every function to the one release before. What was left half-done, run again, comes to the same. Throws before it changes
 * anything when there is none. What is gone back from is not kept: the next deploy makes it.
 */
export async function rollBack(world: RollbackWorld): Promise<void> {
  const { alibaba, config, say } = world;
  const all = await liveFunctions(alibaba, config);
  const why = whyStrange(all, config);
  if (why !== null) throw new Error(why);
  const found = await Promise.all(
    all.map(async (live) => ({
      live,
      versions: await versionsOf(alibaba, live).catch(noneIfAbsent),
    })),
  );
  const target = releaseBefore(found.map((each) => releasesOf(each, config)));
  if (target === null) throw new Error(`${config.name}-webhook has no earlier version to go back to`);
  const steps = [];
  for (const { live, versions } of found.filter(({ live }) => live.release !== target)) {
    const version = versions.find(({ description }) => description === target);
    if (version === undefined) say(`${live.name}: stays, for it is younger than ${target}`);
    else steps.push(await stepTo(version, live, world));
  }
  for (const { live, body } of steps) {
    await alibaba.fc(live.region, 'UpdateFunction', 'PUT', `/functions/${live.name}`, body);
    say(`${live.name}: ${live.release} → ${target}`);
  }
}

const noneIfAbsent = (error: unknown): Version[] => nullIfAbsent(error) ?? [];

interface Found {
  readonly live: Live;
  readonly versions: readonly Version[];
}

const releasesOf = ({ live: { name, release, region }, versions }: Found, { control }: Config) => ({
  ...{ name, live: release, isHome: region === control.region },
  kept: versions.map(({ description }) => description).toReversed(),
});

/** All that it takes, in hand before anything is changed. */
async function stepTo({ versionId: qualifier, description }: Version, live: Live, world: RollbackWorld) {
  const { alibaba, download } = world;
  const path = `/functions/${live.name}`;
  const before = await alibaba.fc(live.region, 'GetFunction', 'GET', path, undefined, { qualifier });
  const code = await codeOf(alibaba, live, qualifier, download);
  const environmentVariables = variablesOf(before.environmentVariables, live);
  return { live, body: { description, code: { zipFile: code.toString('base64') }, environmentVariables } };
}

function variablesOf(before: unknown, { variables }: Live): Record<string, string> {
  const then = Object.entries((before ?? {}) as Record<string, string>).filter((each) => !isKept(each));
  return Object.fromEntries([...then, ...Object.entries(variables).filter(isKept)]);
}

async function codeOf(
  alibaba: Alibaba,
  { region, name }: Live,
  qualifier: string,
  download: RollbackWorld['download'],
): Promise<Buffer> {
  const path = `/functions/${name}/code`;
  const { url } = await alibaba.fc(region, 'GetFunctionCode', 'GET', path, undefined, { qualifier });
  return download(String(url));
}
