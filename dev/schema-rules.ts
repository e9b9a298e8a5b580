/** What editors can hold a file to beyond the types of its keys, each in words. Pure; `runners.schema.json` is made with it. */
import { LABEL_PATTERNS } from '../shared/job/label-words.ts';

export type Node = Record<string, unknown> & {
  readonly properties?: Record<string, Node>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly propertyNames?: Node;
  readonly additionalProperties?: Node | boolean;
};

/** A wrong type is told in the words of the value that is wanted, and an address needs its scheme. */
export function sayOfTypes(node: Node): void {
  if (node.format === 'uri')
    Object.assign(node, { pattern: '^https?://', patternErrorMessage: node.errorMessage });
  const said = wordsOf(node) ?? node.anyOf?.map(wordsOf).find((each) => each !== undefined);
  for (const each of [node, ...(node.anyOf ?? [])])
    if (isLeaf(each)) each.errorMessage ??= said ?? KINDS[String(each.type)];
  for (const each of insideOf(node)) sayOfTypes(each);
}

const wordsOf = (node: Node): unknown => node.patternErrorMessage ?? node.errorMessage;

/** Of a map, an editor would say it of each key that is unknown or missing, and of an enum instead of its words. */
const isLeaf = ({ type, enum: words }: Node): boolean => words === undefined && String(type) in KINDS;

const KINDS: Readonly<Record<string, string>> = {
  string: 'must be a text, in quotes where it looks like a number',
  integer: 'must be a whole number, without quotes or a unit',
  number: 'must be a number, without quotes or a unit',
  boolean: 'must be true or false, without quotes',
  array: "must be a list, such as ['a', 'b']",
};

const insideOf = (node: Node): Node[] =>
  [
    ...Object.values(node.properties ?? {}),
    ...(node.anyOf ?? []),
    node.items,
    node.propertyNames,
    node.additionalProperties,
  ].filter((each): each is Node => typeof each === 'object');

const PENDING = { pattern: '-pending$' };
const FAMILY_OR_ID = 'must have either family or id';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const SPAN = `(?:${DAY}(?:-${DAY})? )?\\d\\d:\\d\\d-\\d\\d:\\d\\d`;

/** Rules between keys, by the path of the node that they stand in. */
const RULES: Readonly<Record<string, object>> = {
  profiles: {
    propertyNames: {
      allOf: [
        {
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
          patternErrorMessage: 'must be a label: letters, digits, . _ -',
        },
        {
          pattern: `^(?!(?:${LABEL_PATTERNS.join('|')})$)`,
          patternErrorMessage: 'must not be a label that has a meaning of its own',
        },
      ],
    },
  },
  images: {
    allOf: [
      {
        patternProperties: {
          '^(?!(?:amd64|arm64)$)': {
            required: ['arch'],
            errorMessage: 'must have arch: amd64 or arm64 for an image of another name',
          },
        },
      },
    ],
  },
  'images.NAME': {
    if: { required: ['family'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word.
    then: { properties: { id: false }, errorMessage: FAMILY_OR_ID },
    else: { required: ['id'], errorMessage: FAMILY_OR_ID },
  },
  'placements[]': {
    if: {
      not: {
        properties: { zones: { additionalProperties: { not: PENDING } }, securityGroup: { not: PENDING } },
      },
    },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word.
    then: {
      required: ['network'],
      errorMessage: 'an id is still pending: add network: {} for deploy to make it, or write your own ids',
    },
  },
  'placements[].zones': { minProperties: 1 },
  'warm[].when': {
    pattern: `^${SPAN}(?:, *${SPAN})*$`,
    patternErrorMessage: 'must be spans of a week such as Mon-Fri 08:30-19:00, parted by commas',
  },
};

export const ruleAt = (path: string): object => RULES[path] ?? {};
