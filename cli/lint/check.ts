/** Whether the jobs of a workflow would be understood by this deployment. Pure. */
import { whyNever } from '../../shared/advisor/never.ts';
import type { Config } from '../../shared/config/config.ts';
import { nearestOf, parseLabel, Refusal } from '../../shared/job/label-words.ts';
import { hasBaseLabels, parseLabels } from '../../shared/job/labels.ts';
import type { LintFinding } from './finding.ts';
import { runsOnIn } from './workflow.ts';

export function lintWorkflow(file: string, text: string, config: Config): LintFinding[] {
  const jobs = runsOnIn(text);
  if (jobs === null) return [{ file, line: 1, level: 'error', text: 'it is not YAML' }];
  const seen = new Set<string>();
  return jobs.flatMap(({ job, line, labels }) =>
    whatIsWrong(labels, config).flatMap(({ level, because }) => {
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
export function whatIsWrong(labels: readonly (string | null)[], config: Config): Wrong[] {
  const given = labels.filter((label) => label !== null);
  const isWhole = given.length === labels.length;
  if (!hasBaseLabels(given, config.baseLabels)) return isWhole ? nearBase(given, config) : [];
  const because = isWhole ? whyRefused(given, config) : whyUnknown(given, config);
  return because === null ? [] : [{ level: 'error', because }];
}

/** All base labels but one, and in its place a word that is nearly it. */
function nearBase(given: readonly string[], { baseLabels }: Config): Wrong[] {
  const lacking = baseLabels.filter((label) => !hasBaseLabels(given, [label]));
  const [only] = lacking;
  if (only === undefined || lacking.length > 1 || baseLabels.length === 1) return [];
  const others = given.filter(
    (label) => !hasBaseLabels([label], baseLabels) && !hasBaseLabels(baseLabels, [label]),
  );
  const near = others.find((label) => nearestOf(label, [only]) !== null);
  return near === undefined
    ? []
    : [
        {
          level: 'warning',
          because: `'${near}' is no base label; is '${only}' meant? Without it no runner of ours comes`,
        },
      ];
}

function whyRefused(labels: readonly string[], config: Config): string | null {
  const parsed = parseLabels(labels, null, config);
  if (parsed.kind === 'refused') return parsed.because;
  // Without a market: what the catalogue alone proves, such as a family's architecture.
  return parsed.kind === 'ours' ? whyNever(parsed.requirements, config, new Map(), 0) : null;
}

/** Where an expression makes some of the labels, each of the others is looked at by itself. */
function whyUnknown(labels: readonly string[], config: Config): string | null {
  const profiles = new Map(Object.keys(config.profiles).map((name) => [name.toLowerCase(), name]));
  for (const label of labels)
    if (!hasBaseLabels(config.baseLabels, [label]))
      try {
        parseLabel(label.toLowerCase(), profiles);
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        return refusal.message;
      }
  return null;
}
