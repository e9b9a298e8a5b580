/** `npm run doctor [-- --json]`: read-only checks, one line each. Exit code 1 when something is wrong. */
import { Command } from 'commander';
import pc from 'picocolors';
import { type Language, languageOf } from '../../shared/words/language.ts';
import { type OperatingWords, operatingWords } from '../../shared/words/operating.ts';
import { parseOptions } from '../shared/options.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { show } from '../shared/screen/show.ts';
import { ACCOUNT_CHECKS } from './checks/account.ts';
import { CAPACITY_CHECKS } from './checks/capacity.ts';
import { CHECK_RUNS_CHECK } from './checks/check-runs.ts';
import { FUNCTION_CHECKS } from './checks/functions.ts';
import { GITHUB_CHECKS } from './checks/github.ts';
import { GITHUB_CALLS_CHECK } from './checks/github-calls.ts';
import { HELD_CHECK } from './checks/held.ts';
import { HOOK_RANGES_CHECK } from './checks/hook-ranges.ts';
import { NETWORK_CHECKS } from './checks/network.ts';
import { RUNNER_AGE_CHECK } from './checks/runner-age.ts';
import { RUNNER_GROUP_CHECK } from './checks/runner-group.ts';
import { SWEEPS_CHECK } from './checks/sweeps.ts';
import { WORKFLOW_CHECK } from './checks/workflow.ts';
import { type Check, examine, exitCodeOf, type Finding, type Level } from './finding.ts';
import { REACH_CHECK } from './reach.ts';
import { realWorld } from './real-world.ts';

/** In the order in which one needs the other. */
export const CHECKS: readonly Check[] = [
  ...ACCOUNT_CHECKS,
  ...NETWORK_CHECKS,
  ...CAPACITY_CHECKS,
  ...FUNCTION_CHECKS,
  HOOK_RANGES_CHECK,
  SWEEPS_CHECK,
  ...GITHUB_CHECKS,
  HELD_CHECK,
  CHECK_RUNS_CHECK,
  RUNNER_GROUP_CHECK,
  RUNNER_AGE_CHECK,
  REACH_CHECK,
  GITHUB_CALLS_CHECK,
  WORKFLOW_CHECK,
];

interface Options {
  readonly json: boolean;
  readonly config?: string;
}

const command = (): Command =>
  new Command('npm run doctor --')
    .description('Checks that everything is well, and changes nothing. Exit code 1: something is wrong.')
    .option('--json', 'the findings as JSON', false)
    .option('--config <file>', 'another runners.yaml');

export async function main(args: readonly string[]): Promise<number> {
  const values = parseOptions<Options>(command(), args);
  if (typeof values === 'number') return values;
  const config = readRunnersYaml(values.config);
  if (config === null) return 2;
  const words = operatingWords(languageOf(process.env, config.alerts.language));
  const findings = await examine(CHECKS, realWorld(config));
  show(findings, {
    isJson: values.json,
    json: (all) => all,
    text: (all) => `${all.map((one) => formatFinding(one, words)).join('')}${words.say(endOf(all))}`,
  });
  return exitCodeOf(findings);
}

/** What was done, and how to go on. */
export function endOf(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((each) => each.level === level).length;
  const [wrong, warnings, unseen] = [count('wrong'), count('warning'), count('unknown')];
  const looked = `Nothing was changed. ${count('ok')} ok, ${warnings} with a warning, ${wrong} wrong, ${unseen} not looked at`;
  if (wrong > 0) return `${looked}: do what the arrows say, then run npm run doctor again.`;
  if (unseen > 0) return `${looked}: what was looked at is well enough, and of the rest nothing is known.`;
  return warnings > 0 ? `${looked}: what the arrows say can wait.` : `${looked}: all is well.`;
}

const MARKS: Readonly<Record<Language, Readonly<Record<Level, string>>>> = {
  en: {
    ok: pc.green('ok     '),
    warning: pc.yellow('warning'),
    wrong: pc.red('wrong  '),
    unknown: pc.dim('–      '),
  },
  // Each sign is two columns wide.
  'zh-CN': {
    ok: pc.green('正常  '),
    warning: pc.yellow('需留意'),
    wrong: pc.red('错误  '),
    unknown: pc.dim('–     '),
  },
};

export function formatFinding({ check, level, text, advice }: Finding, words: OperatingWords): string {
  const said = words.say(
    text.replace(/^(skipped: needs )(.+)$/, (_, head, name) => head + words.nameOf(name)),
  );
  const arrow = advice === null ? '' : pc.dim(` → ${words.say(advice)}`);
  return `${MARKS[words.language][level]} ${words.nameOf(check)}${words.language === 'en' ? ': ' : '：'}${said}${arrow}\n`;
}
