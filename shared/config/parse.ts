/** `runners.yaml` as text or value → configuration, or every mistake at once. */
import { type Document, isMap, isNode, isScalar, isSeq } from 'yaml';
import { isKnownLabel } from '../job/label-words.ts';
import { architecturesOf, parseLabels } from '../job/labels.ts';
import { parsePools } from '../warm/pools.ts';
import { readYaml } from '../yaml.ts';
import { type Config, RunnersYaml } from './config.ts';
import { type Mistake, mistakesOf, type Path } from './mistakes.ts';
import { deployMistakes, placementMistakes, regionMistakes, toolMistakes } from './mistakes-of-places.ts';

export type ParsedConfig =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly string[] }
  | Wrong;

export interface Wrong {
  readonly kind: 'wrong';
  /** One line for each mistake: path, then what it must be. Never a value: some are secrets by accident. */
  readonly mistakes: readonly string[];
  /** Of each mistake, in their order: its line, from 1. Null: not known, or of the whole. */
  readonly lines: readonly (number | null)[];
}

export function parseYaml(text: string): ParsedConfig {
  const read = readYaml(text);
  if (read.kind === 'wrong') {
    const { mistakes } = read;
    return {
      kind: 'wrong',
      mistakes: mistakes.map((each) => `is not YAML: ${each.text}`),
      lines: mistakes.map(({ line }) => line),
    };
  }
  const { document, value, lineAt } = read;
  if (!isMap(document.contents))
    return wrong([{ path: [], text: 'must be a map of keys, and is empty or a list' }]);
  const found = checked(value);
  if (Array.isArray(found)) return wrong(found, (path) => lineAt(offsetOf(document, path)));
  return { kind: 'ok', config: found, warnings: warningsOf(found) };
}

/** Where the nearest thing above it begins that is there: of what is missing, its map. */
function offsetOf(document: Document, path: Path): number | undefined {
  const [last, ...above] = [...path].reverse();
  if (last === undefined) return undefined;
  const parent = above.length === 0 ? document.contents : document.getIn(above.reverse(), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
    : undefined;
  const node = pair?.key ?? (isSeq(parent) ? parent.items[Number(last)] : undefined);
  return isNode(node) ? node.range?.[0] : offsetOf(document, path.slice(0, -1));
}

export function parseConfig(raw: unknown): ParsedConfig {
  const found = checked(raw);
  return Array.isArray(found) ? wrong(found) : { kind: 'ok', config: found, warnings: warningsOf(found) };
}

/** In the order of their lines; what is of the whole first. */
function wrong(found: readonly Mistake[], lineOf: (path: Path) => number | null = () => null): Wrong {
  const placed = found.map(({ path, text }) => ({ text, line: lineOf(path) }));
  placed.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { kind: 'wrong', mistakes: placed.map(({ text }) => text), lines: placed.map(({ line }) => line) };
}

function checked(raw: unknown): Config | Mistake[] {
  const parsed = RunnersYaml.safeParse(raw);
  if (!parsed.success) return mistakesOf(parsed.error.issues, raw);
  const mistakes = [
    ...nameMistakes(parsed.data),
    ...defaultMistakes(parsed.data),
    ...profileMistakes(parsed.data),
    ...placementMistakes(parsed.data),
    ...regionMistakes(parsed.data),
    ...warmMistakes(parsed.data),
    ...deployMistakes(parsed.data),
    ...toolMistakes(parsed.data),
  ];
  return mistakes.length > 0 ? mistakes : parsed.data;
}

/** Labels have no case: of two names that differ in nothing else, one would never be meant. */
function nameMistakes(config: Config): Mistake[] {
  return (['profiles', 'images'] as const).flatMap((key) => {
    const seen = new Map<string, string>();
    return Object.keys(config[key]).flatMap((name): Mistake[] => {
      const twin = seen.get(name.toLowerCase());
      seen.set(name.toLowerCase(), name);
      return twin === undefined
        ? []
        : [{ path: [key, name], text: `${key}.${name}: is ${key}.${twin} to a label, which has no case` }];
    });
  });
}

/** What a job without any label of its own asks for must be possible. */
function defaultMistakes(config: Config): Mistake[] {
  const [arch] = architecturesOf(config);
  const understood = parseLabels([...config.baseLabels, ...(arch === undefined ? [] : [arch])], null, config);
  return understood.kind === 'refused'
    ? [
        {
          path: ['defaults'],
          text: `defaults: a job without labels of its own is refused, because ${understood.because}`,
        },
      ]
    : [];
}

/** A profile is a label: it must not mean something already, and it must be possible. */
function profileMistakes(config: Config): Mistake[] {
  const base = new Set(config.baseLabels.map((label) => label.toLowerCase()));
  return Object.entries(config.profiles).flatMap(([name, profile]) => {
    const says = (text: string): Mistake[] => [
      { path: ['profiles', name], text: `profiles.${name}: ${text}` },
    ];
    if (base.has(name.toLowerCase())) return says('is a base label already');
    if (isKnownLabel(name)) return says('is a label with a meaning of its own already');
    const arch = architecturesOf(config)[0];
    const named =
      profile.arch === undefined && profile.image === undefined && arch !== undefined ? [arch] : [];
    const understood = parseLabels([...config.baseLabels, name, ...named], null, config);
    return understood.kind === 'refused' ? says(understood.because) : [];
  });
}
/** A runner of a pool is one of the runners, and waits in the group of private repositories. */
function warmMistakes(config: Config): Mistake[] {
  const { warm, limits, repositories, github } = config;
  const parsed = warm.map((each) => parsePools(each, config));
  const mistakes = parsed.flatMap((each, at): Mistake[] =>
    each.kind === 'wrong' ? [{ path: ['warm', at], text: `warm[${at}]: ${each.because}` }] : [],
  );
  const says = (text: string) => mistakes.push({ path: ['warm'], text: `warm: ${text}` });
  const pools = parsed.flatMap((each) => (each.kind === 'pools' ? each.pools : []));
  const kept = pools.reduce((sum, each) => sum + each.count, 0);
  if (kept > limits.runners) says(`keeps ${kept} runners, and limits.runners is ${limits.runners}`);
  if (warm.length > 0 && repositories.public === 'allow' && github.scope === 'organization')
    says(
      'is not for deployments whose repositories.public says allow: their jobs need runners of another group',
    );
  return mistakes;
}

function warningsOf(config: Config): string[] {
  const warnings: string[] = [];
  const seen = new Map<string, string>();
  for (const [name, { repositories: _, runners: __, ...asks }] of Object.entries(config.profiles)) {
    const key = JSON.stringify(Object.entries(asks).sort());
    const twin = seen.get(key);
    if (twin !== undefined)
      warnings.push(
        `profiles.${name}: asks for the same as profiles.${twin}; jobs of one may be given to runners of the other only if the labels agree`,
      );
    if (key === '[]') warnings.push(`profiles.${name}: asks for nothing beyond the defaults`);
    seen.set(key, name);
  }
  const offered = architecturesOf(config);
  if (offered.length === 1)
    warnings.push(
      `images: only ${offered[0]} is offered, since images names none for the other architecture; jobs that ask for it are refused`,
    );
  if (config.repositories.public === 'allow')
    warnings.push('repositories.public: strangers can run code on your instances through pull requests');
  return warnings;
}
