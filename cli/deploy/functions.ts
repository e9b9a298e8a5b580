/** The functions as they are deployed: what would change, the version kept to go back to, and going back. */
import { functionPlaces } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import type { Alibaba } from '../shared/alibaba.ts';

export interface Live {
  readonly kind: FunctionKind;
  readonly name: string;
  readonly region: string;
  /** Null: not deployed. */
  readonly release: string | null;
  readonly variables: Readonly<Record<string, string>>;
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
      };
    }),
  );
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

/** Publishes what is live, so that a rollback finds it. Once for each release, however often a deploy is tried. */
export async function keepVersion(alibaba: Alibaba, live: Live): Promise<void> {
  const { name, region, release } = live;
  if (release === null) return;
  const versions = await versionsOf(alibaba, live);
  const path = `/functions/${name}/versions`;
  if (versions.every(({ description }) => description !== release))
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

/** Secrets stay those of today: they may have been rotated since. */
const KEPT = /^(GITHUB_|WEBHOOK_SECRET)/;

/** Every function to the newest version of another release. Throws before it changes anything when one has none. */
export async function rollBack({ alibaba, config, download, say }: RollbackWorld): Promise<void> {
  const targets = [];
  for (const live of await liveFunctions(alibaba, config)) {
    const [target] = (await versionsOf(alibaba, live)).filter(
      ({ description }) => description !== live.release,
    );
    if (target === undefined) throw new Error(`${live.name} has no earlier version to go back to`);
    targets.push({
      live,
      target,
      code: await codeOf(alibaba, live, target.versionId, download),
    });
  }
  for (const { live } of targets) await keepVersion(alibaba, live);
  for (const { live, target, code } of targets) {
    const { region } = live;
    const before = await alibaba.fc(region, 'GetFunction', 'GET', `/functions/${live.name}`, undefined, {
      qualifier: target.versionId,
    });
    await alibaba.fc(region, 'UpdateFunction', 'PUT', `/functions/${live.name}`, {
      description: target.description,
      code: { zipFile: code.toString('base64') },
      environmentVariables: variablesOf(before.environmentVariables, live),
    });
    say(`${live.name}: ${live.release} → ${target.description}`);
  }
}

function variablesOf(before: unknown, { variables }: Live): Record<string, string> {
  const today = Object.entries(variables).filter(([name]) => KEPT.test(name));
  return { ...(before as Record<string, string>), ...Object.fromEntries(today) };
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
