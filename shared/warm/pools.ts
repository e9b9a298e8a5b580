/** The pools of `warm:`: what each keeps ready, for whom, and when. Pure. */
import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { isWithin, parseSchedule } from '../config/schedule.ts';
import { nearestOf } from '../job/label-words.ts';
import { parseLabels } from '../job/labels.ts';
import type { RunnerEntry } from '../ledger/entries.ts';
import type { Requirements } from '../nouns.ts';

export interface Pool {
  /** As people and notes name it. */
  readonly name: string;
  /** With the base labels; in lower case, sorted. */
  readonly labels: readonly string[];
  /** Where its runners register: `owner/*`, or `owner/name` in repository scope. */
  readonly repository: string;
  readonly requirements: Requirements;
  /** `hot`: registered and idle; `stopped`: prepared, and started for a job. */
  readonly kind: 'hot' | 'stopped';
  /** So many are kept. */
  readonly count: number;
}

type WarmConfig = Config['warm'][number];

export type ParsedPools =
  /** Of each kind one for each owner; in repository scope one for each repository. */
  | { readonly kind: 'pools'; readonly pools: readonly Pool[] }
  /** lower-case clause: what is wrong with it */
  | { readonly kind: 'wrong'; readonly because: string };

function nearProfile(name: string, { profiles }: Config): string {
  const meant = nearestOf(name, Object.keys(profiles));
  return meant === null ? '' : `; is '${meant}' meant?`;
}

export function parsePools(warm: WarmConfig, config: Config): ParsedPools {
  const named = warm.labels ?? (warm.profile === undefined ? [] : [warm.profile]);
  if (warm.profile !== undefined && !isProfile(warm.profile, config))
    return {
      kind: 'wrong',
      because: `there is no profile '${warm.profile}'${nearProfile(warm.profile, config)}`,
    };
  const labels = [...new Set([...config.baseLabels, ...named].map((label) => label.toLowerCase()))].sort();
  const understood = parseLabels(labels, null, config);
  if (understood.kind === 'foreign') return { kind: 'wrong', because: 'its labels are not ours' };
  if (understood.kind === 'refused') return { kind: 'wrong', because: understood.because };
  const places = placesOf(warm, config);
  if (places === null)
    return { kind: 'wrong', because: 'in repository scope its repositories must be named in full' };
  const { requirements } = understood;
  const poolsIn = (repository: string, kind: Pool['kind']): Pool[] => {
    const name = nameOf(repository, labels, kind);
    const asked = kind === 'hot' ? requirements : ({ ...requirements, capacityType: 'on-demand' } as const);
    return warm[kind] === 0
      ? []
      : [{ name, labels, repository, requirements: asked, kind, count: warm[kind] }];
  };
  return {
    kind: 'pools',
    pools: places.flatMap((place) => [...poolsIn(place, 'hot'), ...poolsIn(place, 'stopped')]),
  };
}

const isProfile = (name: string, { profiles }: Config): boolean =>
  Object.keys(profiles).some((each) => each.toLowerCase() === name.toLowerCase());

/** Where they register. Null: that cannot be said. GitHub gives what waits in an organisation to all whom the group serves. */
function placesOf(warm: WarmConfig, { github, repositories }: Config): readonly string[] | null {
  const named = warm.repositories ?? repositories.allow;
  const isWide = github.scope === 'organization';
  const places = isWide ? named.map(ownersOf) : named;
  if (!isWide && places.some((each) => each.endsWith('*'))) return null;
  return [...new Map(places.map((each) => [each.toLowerCase(), each])).values()];
}

/** Those that keep something ready at this moment. */
export function poolsAt(config: Config, nowMs: number): readonly Pool[] {
  return config.warm.flatMap((warm) => {
    const parsed = parsePools(warm, config);
    return parsed.kind === 'pools' && isOpen(warm, nowMs) ? parsed.pools : [];
  });
}

function isOpen({ when, timeZone }: WarmConfig, nowMs: number): boolean {
  return when === null || isWithin(parseSchedule(when) ?? [], timeZone, nowMs);
}

type Member = Pick<RunnerEntry, 'repository' | 'labels' | 'standby' | 'startedAtMs'>;

/** The pool that a runner would be one of, by where it registered and with which labels; of a started one, the one that it was of. */
export function poolNameOf(
  { repository, labels, standby, startedAtMs }: Member,
  { github }: Pick<Config, 'github'>,
): string {
  const kind = standby != null || startedAtMs !== undefined ? 'stopped' : 'hot';
  return nameOf(github.scope === 'organization' ? ownersOf(repository) : repository, labels, kind);
}

const ownersOf = (repository: string): string => `${repository.split('/')[0]}/*`;

/** GitHub compares neither with case. */
const nameOf = (repository: string, labels: readonly string[], kind: Pool['kind']): string =>
  [
    ...[repository, ...new Set(labels.map((label) => label.toLowerCase()).sort())],
    ...(kind === 'stopped' ? ['(stopped)'] : []),
  ]
    .join(' ')
    .toLowerCase();

/** Changes with all that a runner of the pool is made of: one with another stamp is replaced. */
export function stampOf({ requirements }: Pool, version: string, { images, defaults }: Config): string {
  const made = JSON.stringify([requirements, images[requirements.image], defaults, version]);
  return createHash('sha256').update(made).digest('hex').slice(0, 16);
}

/** Before the key of an offering that is left out of stopped pools alone. */
export const BILLS_ON = 'bills-on:';
