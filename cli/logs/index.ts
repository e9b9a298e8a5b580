/** `npm run logs`: all that was written about a job, in one place. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Command, Option } from 'commander';
import { cleanLines } from '../../shared/story/outside-text.ts';
import { answerOn } from '../explain/answer.ts';
import { type Findings, gatherFindings } from '../explain/findings.ts';
import { parseReference, type Reference } from '../explain/reference.ts';
import { renderText } from '../explain/text.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { complain, say, sayVerbatim, show } from '../shared/screen/show.ts';
import { type AskLog, gatherLogs, type JobLogs } from './gather.ts';
import { isNothing, jsonOf, newsIn, renderLogs } from './show.ts';
import { askLogService } from './world.ts';

interface Options {
  readonly follow: boolean;
  readonly json: boolean;
  readonly diag: boolean;
  readonly bundle?: string | true;
}

type JobReference = Extract<Reference, { kind: 'job' }>;

const FOLLOW_MS = 3_000;

export function main(args: readonly string[]): Promise<number> {
  let named = '';
  const options = parseOptions<Options>(
    command((job) => {
      named = job;
    }),
    args,
  );
  if (typeof options === 'number') return Promise.resolve(options);
  const reference = parseReference(named);
  if (reference?.kind !== 'job') {
    complain(`'${named}' is neither the id of a job nor its address at GitHub (--help shows both)`);
    return Promise.resolve(2);
  }
  return withOperator((operator) => logs(reference, options, operator, askLogService(operator)));
}

const command = (take: (job: string) => void): Command =>
  new Command('npm run logs --')
    .description(
      'Shows all that was written about a job: its story, what the functions logged of it, and the console of its machine, which has the boot’s own log.',
    )
    .argument('<job>', "its address at GitHub, or its id (the address' last number)")
    .option('--follow', 'go on until the job has ended', false)
    .option('--bundle [file]', 'write it all into one compressed file, for a bug report')
    .addOption(
      new Option('--diag', 'with the runner’s own log, of a machine that lives; needs ecs:RunCommand')
        .default(false)
        .conflicts('follow'),
    )
    .addOption(new Option('--json', 'all of it as JSON').default(false).conflicts(['follow', 'bundle']))
    .action(take)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run logs -- 48000000002 --follow\n  npm run logs -- 48000000002 --diag --bundle',
    );

/** Exit code 1 when nothing is known of it. */
async function logs(
  reference: JobReference,
  options: Options,
  operator: Operator,
  askLog: AskLog,
): Promise<number> {
  const findings = await gatherFindings(reference.id, reference.repository, operator);
  const all = await gatherLogs(findings, operator, askLog, options.diag);
  if (options.bundle !== undefined) return writeBundle(findings, all, options.bundle, operator);
  const state = stateOf(findings, operator);
  show(all, {
    isVerbatim: true,
    isJson: options.json,
    json: (logs) => jsonOf(findings.id, state, logs),
    text: (logs) => renderLogs(logs, findings.nowMs).trimEnd(),
  });
  if (options.follow) await follow(reference, findings, all, operator, askLog);
  return state === 'unknown' ? 1 : 0;
}

const stateOf = (findings: Findings, { config }: Operator) => answerOn(findings, config.name).state;

/** Until nothing more can come of it. */
async function follow(
  { id, repository }: JobReference,
  first: Findings,
  all: JobLogs,
  operator: Operator,
  askLog: AskLog,
): Promise<void> {
  let [findings, before] = [first, all];
  while (['waits', 'coming', 'runs'].includes(stateOf(findings, operator))) {
    await sleep(FOLLOW_MS);
    findings = await gatherFindings(id, repository, operator);
    const now = await gatherLogs(findings, operator, askLog);
    const news = newsIn(before, now);
    if (!isNothing(news)) sayVerbatim(renderLogs(news, findings.nowMs).trimEnd());
    before = now;
  }
}

function writeBundle(findings: Findings, all: JobLogs, asked: string | true, { config }: Operator): number {
  const file = asked === true ? `job-${findings.id}.log.gz` : asked;
  const about = `Node ${process.versions.node}, ${process.platform}; times in ${Intl.DateTimeFormat().resolvedOptions().timeZone}\n`;
  const text = [about, renderText(findings, config, false), renderLogs(all, 0)].join('\n');
  writeFileSync(file, gzipSync(cleanLines(text).join('\n')), { mode: 0o600 });
  say(
    `${file} is written. What looks like a secret is left out; names of repositories, jobs and instances are in it: look through it before you send it (zless ${file}).`,
  );
  return 0;
}
