/** `runners.yaml` as text or value → configuration, or every mistake at once. */
import { isMap, parseDocument } from 'yaml';
import type * as z from 'zod';
import { isKnownLabel } from '../job/label-words.ts';
import { architecturesOf, parseLabels } from '../job/labels.ts';
import { parsePools } from '../warm/pools.ts';
import { type Config, RunnersYaml } from './config.ts';

export type ParsedConfig =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly string[] }
  /** One line for each mistake: path, then what it must be. Never a value: some are secrets by accident. */
  | { readonly kind: 'wrong'; readonly mistakes: readonly string[] };

export function parseYaml(text: string): ParsedConfig {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0)
    return {
      kind: 'wrong',
      mistakes: document.errors.map(({ code, pos }) => `line ${lineOf(text, pos[0])}: is not YAML (${code})`),
    };
  if (!isMap(document.contents))
    return { kind: 'wrong', mistakes: ['runners.yaml: must be a map of keys, and is empty or a list'] };
  return parseConfig(document.toJS());
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

export function parseConfig(raw: unknown): ParsedConfig {
  const parsed = RunnersYaml.safeParse(raw);
  if (!parsed.success) return { kind: 'wrong', mistakes: parsed.error.issues.map(describe) };
  const config = parsed.data;
  const mistakes = [...profileMistakes(config), ...placementMistakes(config), ...warmMistakes(config)];
  return mistakes.length > 0
    ? { kind: 'wrong', mistakes }
    : { kind: 'ok', config, warnings: warningsOf(config) };
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((part, at) =>
    typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${String(part)}`,
  );
  const where = path.length > 0 ? path.join('') : 'runners.yaml';
  if (issue.code === 'unrecognized_keys')
    return `${where}: there is no key ${issue.keys.map((key) => `'${key}'`).join(', ')} here`;
  // A map's key: what it must be is said one level below.
  if (issue.code === 'invalid_key') return `${where}: ${issue.issues[0]?.message ?? issue.message}`;
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `${where}: is missing`;
  return `${where}: ${issue.message}`;
}

/** A profile is a label: it must not mean something already, and it must be possible. */
function profileMistakes(config: Config): string[] {
  const base = new Set(config.baseLabels.map((label) => label.toLowerCase()));
  return Object.entries(config.profiles).flatMap(([name, profile]) => {
    if (base.has(name.toLowerCase())) return [`profiles.${name}: is a base label already`];
    if (isKnownLabel(name)) return [`profiles.${name}: is a label with a meaning of its own already`];
    const arch = architecturesOf(config)[0];
    const named =
      profile.arch === undefined && profile.image === undefined && arch !== undefined ? [arch] : [];
    const understood = parseLabels([...config.baseLabels, name, ...named], null, config);
    return understood.kind === 'refused' ? [`profiles.${name}: ${understood.because}`] : [];
  });
}

function placementMistakes(config: Config): string[] {
  const seen = new Set<string>();
  return config.placements.flatMap(({ region }, at) => {
    const mistakes = seen.has(region)
      ? [`placements[${at}].region: is named twice; put all its zones in one placement`]
      : [];
    seen.add(region);
    return mistakes;
  });
}

/** A runner of a pool is one of the runners, and waits in the group of private repositories. */
function warmMistakes(config: Config): string[] {
  const { warm, limits, repositories, github } = config;
  const parsed = warm.map((each) => parsePools(each, config));
  const mistakes = parsed.flatMap((each, at) =>
    each.kind === 'wrong' ? [`warm[${at}]: ${each.because}`] : [],
  );
  const pools = parsed.flatMap((each) => (each.kind === 'pools' ? each.pools : []));
  const hot = pools.reduce((sum, each) => sum + each.hot, 0);
  if (hot > limits.runners)
    mistakes.push(`warm: keeps ${hot} runners, and limits.runners is ${limits.runners}`);
  if (warm.length > 0 && repositories.public === 'allow' && github.scope === 'organization')
    mistakes.push(
      'warm: is not for deployments whose repositories.public says allow: their jobs need runners of another group',
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
