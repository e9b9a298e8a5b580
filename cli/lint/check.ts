/** Whether the jobs of a workflow would be understood by this deployment. Pure. */
import { whyNever } from '../../shared/advisor/never.ts';
import type { Config } from '../../shared/config/config.ts';
import { KIND_NAMES, nearestOf, parseLabel, Refusal } from '../../shared/job/label-words.ts';
import { hasBaseLabels, parseLabels } from '../../shared/job/labels.ts';
import { catalogMarket } from '../../shared/market/catalog.ts';
import { runnerGroupOf } from '../../shared/names.ts';
import type { Requirements } from '../../shared/nouns.ts';
import type { LintFinding } from './finding.ts';
import { runsOnIn } from './workflow.ts';

export function lintWorkflow(file: string, text: string, config: Config): LintFinding[] {
  const jobs = runsOnIn(text);
  if (jobs === null) return [{ file, line: 1, level: 'error', text: 'it is not YAML' }];
  const seen = new Set<string>();
  return jobs.flatMap(({ job, line, labels, group }) =>
    whatIsWrong(labels, config, group).flatMap(({ level, because }) => {
      const found: LintFinding = { file, line, level, text: `job '${job}': ${because}` };
      // A matrix says the same of each of its values.
      if (seen.has(JSON.stringify(found))) return [];
      seen.add(JSON.stringify(found));
      return [found];
    }),
  );
}

interface Wrong {
  readonly level: LintFinding['level'];
  readonly because: string;
}

/** Labels of other runners are nobody's mistake; null is a label that is not known here. */
export function whatIsWrong(
  labels: readonly (string | null)[],
  config: Config,
  group: string | null = null,
): Wrong[] {
  const given = labels.filter((label) => label !== null);
  const isWhole = given.length === labels.length;
  const isOurs = hasBaseLabels(given, config.baseLabels);
  if (!isOurs && !isWhole) return [];
  if (!isOurs) return nearBase(given, group, config).map((because) => ({ level: 'warning', because }));
  const because =
    (isWhole ? whyRefused(given, config) : whyUnknown(given, config)) ?? whyOtherGroup(group, config);
  return because === null ? [] : [{ level: 'error', because }];
}

const WITHOUT = 'Without it no runner of ours comes';

/** What was meant for us, as far as can be told: the group is ours, or one base label is missing, or one word is nearly it. */
function nearBase(
  given: readonly string[],
  group: string | null,
  { baseLabels, ...config }: Config,
): string[] {
  const lacking = baseLabels.filter((label) => !hasBaseLabels(given, [label]));
  const [alone = ''] = given;
  const words = alone.split(/[\s,]+/);
  if (given.length === 1 && hasBaseLabels(words, baseLabels))
    return [`'${alone}' is one label; is [${words.join(', ')}] meant?`];
  if (isOurGroup(group, config))
    return [`the group ${group} is ours, and it lacks the label '${lacking.join("', '")}'. ${WITHOUT}`];
  const [only] = lacking;
  if (only === undefined || lacking.length > 1 || baseLabels.length === 1) return [];
  const others = given.filter(
    (label) => !hasBaseLabels([label], baseLabels) && !hasBaseLabels(baseLabels, [label]),
  );
  const near = others.find((label) => nearestOf(label, [only]) !== null);
  if (near !== undefined) return [`'${near}' is no base label; is '${only}' meant? ${WITHOUT}`];
  // All that is ours alone is there.
  return only === 'self-hosted' ? [`it lacks the label '${only}'. ${WITHOUT}`] : [];
}

/** An organisation's own group may be told from an enterprise's by a prefix. */
const isOurGroup = (group: string | null, config: Pick<Config, 'github'>): boolean =>
  [false, true].some(
    (isPublic) =>
      group?.split('/').at(-1)?.toLowerCase() === runnerGroupOf({ isPublic }, config).toLowerCase(),
  );

/** GitHub gives a job that names a group to no other: our runner would wait for nothing. */
function whyOtherGroup(group: string | null, config: Config): string | null {
  if (group === null || config.github.scope === 'repository' || isOurGroup(group, config)) return null;
  return `the group ${group} has no runners of ours: they are in ${config.github.runnerGroup}`;
}

function whyRefused(labels: readonly string[], config: Config): string | null {
  const parsed = parseLabels(labels, null, config);
  if (parsed.kind === 'refused') return parsed.because;
  if (parsed.kind === 'foreign') return null;
  // Without a market: what the catalogue alone proves, such as a family's architecture.
  return whyNever(parsed.requirements, config, new Map(), 0) ?? whyTooSmall(parsed.requirements, config);
}

/** What a type has does not change. Who names one may not know that cores and memory are asked for all the same. */
function whyTooSmall({ type, cpu, memoryGiB }: Requirements, { placements }: Config): string | null {
  const sold = placements.flatMap(({ region }) => catalogMarket(region, []).types);
  const named = sold.find((each) => each.type === type);
  if (named === undefined) return null;
  const asked = 'are asked for, by a label, its profile or runners.yaml: write';
  if (named.cpu < cpu.min) return `${type} has ${named.cpu} cores, and ${cpu.min} ${asked} ${named.cpu}cpu`;
  if (named.memoryGiB >= memoryGiB.min) return null;
  return `${type} has ${named.memoryGiB} GiB, and ${memoryGiB.min} ${asked} ${named.memoryGiB}gb`;
}

/** Where an expression makes some of the labels, what the others say is wrong whatever that is. */
function whyUnknown(labels: readonly string[], config: Config): string | null {
  const profiles = new Map(Object.keys(config.profiles).map((name) => [name.toLowerCase(), name]));
  const values = new Map<string, string>();
  for (const label of labels.filter((each) => !hasBaseLabels(config.baseLabels, [each])))
    try {
      const { kind, value } = parseLabel(label.toLowerCase(), profiles);
      const had = values.get(kind) ?? value;
      if (had !== value) return `its labels name ${KIND_NAMES[kind]} twice: ${had} and ${value}`;
      values.set(kind, value);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return refusal.message;
    }
  return null;
}
