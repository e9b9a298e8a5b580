/** The words that a label may be. Pure; `labels.ts` makes requirements of them. */
import type { Arch, CapacityType } from '../nouns.ts';

/** Labels that cannot be met; the message is a clause that completes "refused because …". */
export class Refusal extends Error {}

/** One value for each kind of label, as text. */
export interface LabelValues {
  arch?: Arch;
  os?: 'linux';
  cpu?: string;
  memory?: string;
  capacity?: CapacityType;
  type?: string;
  disk?: string;
  image?: string;
  debug?: 'debug';
  profile?: string;
}

interface Word {
  readonly kind: keyof LabelValues;
  readonly pattern: RegExp;
  readonly value: (match: RegExpExecArray) => string;
}

const WORDS: readonly Word[] = [
  { kind: 'arch', pattern: /^(arm64|aarch64)$/, value: () => 'arm64' },
  { kind: 'arch', pattern: /^(amd64|x64|x86_64)$/, value: () => 'amd64' },
  { kind: 'os', pattern: /^linux$/, value: () => 'linux' },
  { kind: 'cpu', pattern: /^(\d+(?:-\d+|\+)?)cpu$/, value: (match) => match[1] as string },
  { kind: 'memory', pattern: /^(\d+(?:-\d+)?)gb$/, value: (match) => match[1] as string },
  { kind: 'capacity', pattern: /^(spot|spot-instance)$/, value: () => 'spot' },
  { kind: 'capacity', pattern: /^on-demand$/, value: () => 'on-demand' },
  { kind: 'type', pattern: /^ecs\.[a-z0-9-]+(\.[a-z0-9-]+)?$/, value: (match) => match[0] },
  { kind: 'disk', pattern: /^disk-(\d+)gb$/, value: (match) => match[1] as string },
  { kind: 'debug', pattern: /^debug$/, value: () => 'debug' },
  { kind: 'image', pattern: /^image-(.+)$/, value: (match) => match[1] as string },
];

/** Of all of them, without their ends, for schemas. */
export const LABEL_PATTERNS: readonly string[] = WORDS.map(({ pattern }) => pattern.source.slice(1, -1));

export const KIND_NAMES: Record<keyof LabelValues, string> = {
  arch: 'an architecture',
  os: 'an operating system',
  cpu: 'a number of cores',
  memory: 'an amount of memory',
  capacity: 'a capacity type',
  type: 'an instance type or family',
  disk: 'a disk size',
  image: 'an image',
  debug: 'the label debug',
  profile: 'a profile',
};

const OTHER_SYSTEMS = new Set(['windows', 'macos']);

/** What one label asks for; refuses a word nobody knows. */
export function parseLabel(
  label: string,
  profiles: ReadonlyMap<string, string>,
): { kind: keyof LabelValues; value: string } {
  const profile = profiles.get(label);
  if (profile !== undefined) return { kind: 'profile', value: profile };
  for (const { kind, pattern, value } of WORDS) {
    const match = pattern.exec(label);
    if (match !== null) return { kind, value: value(match) };
  }
  if (OTHER_SYSTEMS.has(label))
    throw new Refusal(`the label '${label}' asks for an operating system that is not offered: only linux is`);
  throw new Refusal(`the label '${label.slice(0, 64)}' is not understood${nearest(label, profiles)}`);
}

/** True for a label that means something without any configuration. */
export function isKnownLabel(label: string): boolean {
  return (
    WORDS.some(({ pattern }) => pattern.test(label.toLowerCase())) || OTHER_SYSTEMS.has(label.toLowerCase())
  );
}

/** A hint for a typo: the words that differ least. */
function nearest(label: string, profiles: ReadonlyMap<string, string>): string {
  const known = [
    'arm64',
    'aarch64',
    'amd64',
    'x64',
    'x86_64',
    'linux',
    'spot',
    'on-demand',
    '8cpu',
    '16gb',
    'disk-100gb',
    ...profiles.keys(),
  ];
  const near = known
    .map((word) => ({ word, distance: editDistance(label, word) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 2);
  return near.length > 0 ? `; is ${near.map(({ word }) => `'${word}'`).join(' or ')} meant?` : '';
}

const DISTANCE_MAX = 2;

/** The known word that differs least, by two letters at most; null: none. */
export function nearestOf(word: string, known: readonly string[]): string | null {
  const [best] = known
    .map((each) => ({ each, distance: editDistance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, distance }) => distance <= DISTANCE_MAX && distance < each.length)
    .sort((a, b) => a.distance - b.distance);
  return best?.each ?? null;
}

/** How many letters differ (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
