/** What is wrong in `runners.yaml`, in words that say what is wanted; never a value: some are secrets by accident. Pure. */
import * as z from 'zod';
import { editDistance } from '../job/label-words.ts';
import { RunnersYaml } from './config.ts';

export type Path = readonly (string | number)[];

export interface Mistake {
  readonly path: Path;
  /** `limits.runners: must be at least 1`. */
  readonly text: string;
}

export function mistakeOf(issue: z.core.$ZodIssue): Mistake {
  const path = issue.path as (string | number)[];
  // Where the key itself is wrong, its line is better than that of the map around it.
  if (issue.code === 'unrecognized_keys')
    return { path: [...path, issue.keys[0] ?? ''], text: `${shown(path)}: ${unknownKeys(path, issue.keys)}` };
  return { path, text: `${shown(path)}: ${wanted(issue)}` };
}

export const shown = (path: Path): string =>
  path.length === 0
    ? 'runners.yaml'
    : path
        .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${part}`))
        .join('');

function unknownKeys(path: Path, keys: readonly string[]): string {
  const hints = keys.flatMap((key) => nearestOf(key, keysAt(path)) ?? []);
  const hint = hints.length === 0 ? '' : `; is ${hints.map((each) => `'${each}'`).join(' or ')} meant?`;
  return `there is no key ${keys.map((key) => `'${key}'`).join(', ')} here${hint}`;
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

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

let schema: Schema | null = null;

/** The keys that a map at this path may have. */
function keysAt(path: Path): string[] {
  schema ??= z.toJSONSchema(RunnersYaml, { io: 'input', unrepresentable: 'any' }) as Schema;
  const found = path.reduce<Schema | undefined>((node, part) => below(node, part), schema);
  return Object.keys(mapIn(found)?.properties ?? {});
}

const mapIn = (node: Schema | undefined): Schema | undefined =>
  node?.anyOf?.find((each) => each.properties !== undefined || each.items !== undefined) ?? node;

function below(node: Schema | undefined, part: string | number): Schema | undefined {
  const map = mapIn(node);
  if (typeof part === 'number') return map?.items;
  const free = map?.additionalProperties;
  return map?.properties?.[part] ?? (typeof free === 'object' ? free : undefined);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text, in quotes where it looks like a number',
  number: 'a number, without a unit',
  int: 'a whole number, without a unit',
  boolean: 'true or false',
  array: "a list, such as ['a', 'b']",
  object: 'a map of keys',
  record: 'a map of keys',
};

function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_union') return ofUnion(issue.errors, issue.message);
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return LIBRARYS_OWN.test(issue.message) ? inOurWords(issue) : issue.message;
}

/** What the library says where the schema says nothing better. */
const LIBRARYS_OWN = /^(Invalid input|Too small|Too big)/;

function inOurWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return bound('at least', issue.minimum, issue.origin);
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue.origin);
  if (issue.code !== 'invalid_type') return issue.message;
  const isAbsent = issue.message.endsWith('received undefined');
  return isAbsent ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
}

const UNITS: Readonly<Record<string, string>> = { string: ' letters long', array: ' long' };

const bound = (word: string, limit: number | bigint, origin: string): string =>
  `must be ${word} ${limit}${UNITS[origin] ?? ''}`;

/** Of what each branch wanted, our own words where there are some; else all of it. */
function ofUnion(branches: readonly (readonly z.core.$ZodIssue[])[], message: string): string {
  if (message !== 'Invalid input') return message;
  const issues = branches.flat();
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []));
  if (values.length > 0) return `must be ${values.map(String).join(' or ')}`;
  const own = issues.find(({ message: said }) => said.startsWith('must '));
  const sized = issues.find(({ code }) => code === 'too_small' || code === 'too_big');
  const [first] = issues;
  if (sized !== undefined) return wanted(sized);
  return own?.message ?? (first === undefined ? message : wanted(first));
}
