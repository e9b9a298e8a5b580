/** `runners.yaml` as text or value → configuration, or every mistake at once. */
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { isKnownLabel } from '../job/label-words.ts';
import { architecturesOf, parseLabels } from '../job/labels.ts';
import { parsePools } from '../warm/pools.ts';
import { type Config, RunnersYaml } from './config.ts';
import { type Mistake, mistakeOf, type Path } from './mistakes.ts';

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
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? null : lineCounter.linePos(offset).line;
  if (document.errors.length > 0)
    return {
      kind: 'wrong',
      mistakes: document.errors.map(
        ({ code, pos }) => `line ${lineAt(pos[0])}: is not YAML (${SYNTAX[code] ?? code})`,
      ),
      lines: document.errors.map(({ pos }) => lineAt(pos[0])),
    };
  if (!isMap(document.contents))
    return wrong([{ path: [], text: 'runners.yaml: must be a map of keys, and is empty or a list' }]);
  const found = checked(document.toJS());
  if (Array.isArray(found)) return wrong(found, (path) => lineAt(offsetOf(document, path)));
  return { kind: 'ok', config: found, warnings: warningsOf(found) };
}

/** What the reader of YAML says by its codes, where they are no words. */
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab at the beginning: use blanks',
  BAD_INDENT: 'its indent fits no line above',
  DUPLICATE_KEY: 'a key stands here a second time',
  MISSING_CHAR: 'a blank after a colon, a comma, a bracket or a quote is missing',
  UNEXPECTED_TOKEN: 'something here does not belong to it: is a quote or an indent missing?',
  BLOCK_AS_IMPLICIT_KEY: 'the key of a map stands in the middle of a line: use a line of its own',
  MULTILINE_IMPLICIT_KEY: 'a key goes over two lines: is a colon missing?',
};

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

const wrong = (found: readonly Mistake[], lineOf: (path: Path) => number | null = () => null): Wrong => ({
  kind: 'wrong',
  mistakes: found.map(({ text }) => text),
  lines: found.map(({ path }) => lineOf(path)),
});

function checked(raw: unknown): Config | Mistake[] {
  const parsed = RunnersYaml.safeParse(raw);
  if (!parsed.success) return parsed.error.issues.map(mistakeOf);
  const mistakes = [
    ...profileMistakes(parsed.data),
    ...placementMistakes(parsed.data),
    ...warmMistakes(parsed.data),
    ...deployMistakes(parsed.data),
  ];
  return mistakes.length > 0 ? mistakes : parsed.data;
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

function placementMistakes(config: Config): Mistake[] {
  const seen = new Set<string>();
  return config.placements.flatMap(({ region, network, zones, securityGroup }, at) => {
    const says = (key: string, text: string): Mistake[] => [
      { path: ['placements', at, key], text: `placements[${at}].${key}: ${text}` },
    ];
    const twice = seen.has(region)
      ? says('region', 'is named twice; put all its zones in one placement')
      : [];
    seen.add(region);
    const isPending = JSON.stringify([zones, securityGroup]).includes('-pending"');
    return [
      ...twice,
      ...(isPending && network === null
        ? says(
            'zones',
            'an id is still pending, which deploy fills in only for a network that it makes: add network: {}, or write your own ids',
          )
        : []),
    ];
  });
}

/** Its tokens would be of another issuer, and github.com's repository of that name is somebody else's. */
function deployMistakes({ control, github }: Config): Mistake[] {
  if (control.deployFrom === null || new URL(github.baseUrl).hostname === 'github.com') return [];
  const text =
    'control.deployFrom: is for github.com alone, whose tokens the role trusts; with another github.baseUrl deploy by hand';
  return [{ path: ['control', 'deployFrom'], text }];
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
  const hot = pools.reduce((sum, each) => sum + each.hot, 0);
  if (hot > limits.runners) says(`keeps ${hot} runners, and limits.runners is ${limits.runners}`);
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
  if (config.repositories.public === 'allow')
    warnings.push('repositories.public: strangers can run code on your instances through pull requests');
  return warnings;
}
