/** What of `runners.yaml` the deployed functions have otherwise: read out of the code of one of them, never guessed. */
import { isDeepStrictEqual } from 'node:util';
import { strFromU8, unzipSync } from 'fflate';
import { namesOf } from '../../infra/names.ts';
import { CONFIGURATION, configurationHash, configurationIn } from '../../infra/release.ts';
import type { Config } from '../../shared/config/config.ts';
import { formatDuration } from '../../shared/story/format.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import type { Live } from './functions.ts';

export interface ConfigurationWorld {
  readonly alibaba: Alibaba;
  /** Of the address that Function Compute gives for a function's code. */
  readonly download: (url: string) => Promise<Buffer>;
}

/** One line for each key that differs; a plan without them is still a plan, so what cannot be read is told instead. */
export async function changedKeys(
  config: Config,
  live: readonly Live[],
  world: ConfigurationWorld,
): Promise<readonly string[]> {
  const webhook = live.find(({ kind }) => kind === 'webhook');
  const release = webhook?.release ?? null;
  if (release === null || configurationIn(release) === configurationHash(config)) return [];
  try {
    const before = await deployedConfiguration(config, world);
    if (before === null)
      return ['it is not known which keys change: the deployed release does not hold them apart'];
    return keyDifferences(before, JSON.parse(JSON.stringify(config)));
  } catch (error) {
    return [
      `it is not known which keys change: ${error instanceof Error ? error.message : 'no reason given'}`,
    ];
  }
}

/** Null: deployed by a release that bundled it with its code. */
async function deployedConfiguration(
  config: Config,
  { alibaba, download }: ConfigurationWorld,
): Promise<unknown> {
  const path = `/functions/${namesOf(config).functionOf('webhook')}/code`;
  const { url } = await alibaba.fc(config.control.region, 'GetFunctionCode', 'GET', path);
  const files = unzipSync(await download(String(url)), { filter: ({ name }) => name === CONFIGURATION });
  const text = files[CONFIGURATION] === undefined ? '' : strFromU8(files[CONFIGURATION]);
  const literal = /JSON\.parse\((".*")\);/s.exec(text)?.[1];
  return literal === undefined ? null : JSON.parse(JSON.parse(literal) as string);
}

/**
 * `~ limits.runners: 100 → 50`, `+ profiles.big`, `- tags.team`. Numbers and switches with their values; a text by its
 * key alone, because an address may hold a password.
 */
export function keyDifferences(before: unknown, after: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [`+ ${path}${shownAs(path, after, ': ')}`];
  if (after === undefined) return [`- ${path}`];
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      keyDifferences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.some(isMap))
    return Array.from({ length: Math.max(before.length, after.length) }, (_, at) =>
      keyDifferences(before[at], after[at], `${path}[${at}]`),
    ).flat();
  const [was, will] = [shownAs(path, before), shownAs(path, after)];
  return [was === '' || will === '' ? `~ ${path}` : `~ ${path}: ${was} → ${will}`];
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const IN_MS = /\b(lifetime|patience|waiting)$/;

function shownAs(path: string, value: unknown, before = ''): string {
  if (value !== null && typeof value !== 'number' && typeof value !== 'boolean') return '';
  return `${before}${typeof value === 'number' && IN_MS.test(path) ? formatDuration(value) : String(value)}`;
}
