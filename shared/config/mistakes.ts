/** What is wrong in `runners.yaml`, in words that say what is wanted; never a value: some are secrets by accident. Pure. */
import * as z from 'zod';
import { nearestOf } from '../job/label-words.ts';
import { fullWidthIn } from '../yaml.ts';
import { RunnersYaml } from './config.ts';
import { REGIONS } from './regions.ts';

export type Path = readonly (string | number)[];

export interface Mistake {
  readonly path: Path;
  /** `limits.runners: must be at least 1`. */
  readonly text: string;
}

/** Of what was written, only its kind is looked at, and the word that it is nearly. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], raw: unknown): Mistake[] {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const found = issues.map((issue) => mistakeOf(issue, valueAt(raw, issue.path as Path)));
  // Who wrote `placement` is told of that word, and not of the one that it stands for, too.
  return found.filter(
    ({ path, text }) => !(text.endsWith(MISSING) && nearestOf(String(path.at(-1)), unknown) !== null),
  );
}

const MISSING = ': is missing';

function mistakeOf(issue: z.core.$ZodIssue, value: unknown): Mistake {
  const path = issue.path as (string | number)[];
  // Where the key itself is wrong, its line is better than that of the map around it.
  if (issue.code === 'unrecognized_keys')
    return { path: [...path, issue.keys[0] ?? ''], text: `${under(path)}${unknownKeys(path, issue.keys)}` };
  return { path, text: `${under(path)}${wanted(issue, value)}` };
}

const valueAt = (raw: unknown, path: Path): unknown =>
  path.reduce((value, part) => (value as Record<string | number, unknown> | null | undefined)?.[part], raw);

/** Of the whole file there is no key to name: its own name stands before the line. */
const under = (path: Path): string => (path.length === 0 ? '' : `${shown(path)}: `);

export const shown = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${part}`)).join('');

function unknownKeys(path: Path, keys: readonly string[]): string {
  const hints = keys.flatMap((key) => nearestOf(key, keysAt(path)) ?? []);
  const hint = hints.length === 0 ? '' : `; is ${hints.map((each) => `'${each}'`).join(' or ')} meant?`;
  return `there is no key ${keys.map((key) => `'${key}'`).join(', ')} here${hint || fullWidthIn(keys.join())}`;
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
  boolean: 'true or false, without quotes',
  array: "a list, such as ['a', 'b']",
  object: 'a map of keys',
  record: 'a map of keys',
};

function wanted(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === null && issue.code !== 'custom') return `has no value: write one, or leave the key out`;
  if (issue.code === 'invalid_union') return ofUnion(issue.errors, issue.message, value);
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (!LIBRARYS_OWN.test(issue.message)) return `${issue.message}${meant(issue, value)}`;
  if (issue.code === 'invalid_value') return `must be ${listed(issue.values)}${meant(issue, value)}`;
  return inOurWords(issue, value);
}

/** What the library says where the schema says nothing better. */
const LIBRARYS_OWN = /^(Invalid (input|option)|Too small|Too big)/;

const listed = (values: readonly unknown[]): string =>
  values.length < 2 ? String(values[0]) : `${values.slice(0, -1).join(', ')} or ${String(values.at(-1))}`;

/** The one of the words that may stand here that was nearly written, or begun. */
function meant(issue: z.core.$ZodIssue, value: unknown): string {
  if (typeof value !== 'string' || value.length < 2) return '';
  const isRegion = issue.path.at(-1) === 'region';
  const words = issue.code === 'invalid_value' ? issue.values.map(String) : isRegion ? REGIONS : [];
  const said = value.toLowerCase();
  const partly = words.filter((word) => word.startsWith(said) || (isRegion && word.endsWith(`-${said}`)));
  const hint = nearestOf(value, words) ?? (partly.length === 1 ? partly[0] : undefined);
  return hint === undefined ? '' : `; is '${hint}' meant?`;
}

function inOurWords(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'too_small')
    return bound(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin);
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue.origin);
  if (issue.code !== 'invalid_type') return issue.message;
  if (value === undefined) return 'is missing';
  return `must be ${SLIPS.find((slip) => slip.isIt(issue.expected, value))?.says ?? KINDS[issue.expected] ?? issue.expected}`;
}

interface Slip {
  readonly isIt: (expected: string, value: unknown) => boolean;
  readonly says: string;
}

/** Slips of YAML that say by themselves what has to be changed. */
const SLIPS: readonly Slip[] = [
  {
    isIt: (expected, value) =>
      isMapWanted(expected) && typeof value === 'string' && /^\w+:(?!\/\/)/.test(value),
    says: 'a map of keys; is a blank after the colon missing?',
  },
  {
    isIt: (expected, value) => /^(int|number)$/.test(expected) && isNumeric(value),
    says: 'a number, without quotes',
  },
  {
    isIt: (expected, value) => expected === 'array' && typeof value === 'object',
    says: "a list: begin each of its entries with '- '",
  },
];

const isMapWanted = (expected: string): boolean => expected === 'object' || expected === 'record';

const isNumeric = (value: unknown): boolean => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);

const UNITS: Readonly<Record<string, string>> = { string: ' letters long', array: ' long' };

const bound = (word: string, limit: number | bigint, origin: string): string =>
  `must be ${word} ${limit}${UNITS[origin] ?? ''}`;

/** Of what each branch wanted, our own words where there are some; else all of it. */
function ofUnion(
  branches: readonly (readonly z.core.$ZodIssue[])[],
  message: string,
  value: unknown,
): string {
  if (message !== 'Invalid input') return message;
  const issues = branches.flat();
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []));
  if (values.length > 0) return `must be ${listed(values)}`;
  const own = issues.find(({ message: said }) => said.startsWith('must '));
  const sized = issues.find(({ code }) => code === 'too_small' || code === 'too_big');
  const [first] = issues;
  if (sized !== undefined) return wanted(sized, value);
  return own?.message ?? (first === undefined ? message : wanted(first, value));
}
