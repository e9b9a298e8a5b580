/** `npm run explain`: the story of a job, live or ended. */
import { Command } from 'commander';
import { parseLabels } from '../../shared/job/labels.ts';
import { targetOf } from '../../shared/names.ts';
import { costOf } from '../../shared/story/cost.ts';
import { plainData } from '../../shared/story/outside-text.ts';
import { wordsOf } from '../../shared/words/words-of.ts';
import { toIsoOrNull } from '../shared/format.ts';
import { type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { complain, show } from '../shared/screen/show.ts';
import { answerOn } from './answer.ts';
import { type Findings, gatherFindings } from './findings.ts';
import { parseReference, type Reference } from './reference.ts';
import { storyOf } from './story.ts';
import { renderText } from './text.ts';

export function main(args: readonly string[]): Promise<number> {
  let named = '';
  const options = parseOptions<{ json: boolean }>(
    command((job) => {
      named = job;
    }),
    args,
  );
  if (typeof options === 'number') return Promise.resolve(options);
  const reference = parseReference(named);
  if (reference === null) {
    complain(`'${named}' is neither the id of a job nor its address at GitHub (--help shows both)`);
    return Promise.resolve(2);
  }
  return withOperator((operator) => explain(reference, options.json, operator));
}

function command(take: (job: string) => void): Command {
  return new Command('npm run explain --')
    .description('Tells what became of a job, and why it waits.')
    .argument('<job>', "its address at GitHub, or its id (the address' last number)")
    .option('--json', 'as JSON, times in UTC', false)
    .action(take)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run explain -- https://github.com/my-org/app/actions/runs/17000000001/job/48000000002\n  npm run explain -- 48000000002 --json',
    );
}

/** Exit code 1 when nothing is known of it. */
async function explain(reference: Reference, isJson: boolean, operator: Operator): Promise<number> {
  if (reference.kind === 'run') return showRun(reference, operator);
  const findings = await gatherFindings(reference.id, reference.repository, operator);
  const { config } = operator;
  show(findings, {
    isJson,
    json: (found) => toJson(found, operator),
    text: (found, { isColoured }) =>
      renderText(found, config, isColoured, wordsOf(process.env, config.alerts.language)),
  });
  return answerOn(findings, config.name).state === 'unknown' ? 1 : 0;
}

async function showRun(
  { id, repository }: Extract<Reference, { kind: 'run' }>,
  { github, config }: Operator,
): Promise<number> {
  const target = targetOf({ repository, installationId: null }, config);
  const { things } = await github.jobsOfRun(target, repository, id);
  const lines = things.map(({ job, status }) => `  npm run explain -- ${job.id}   # ${job.name}: ${status}`);
  complain([`${id} is a run. Name one of its jobs:`, ...plainData(lines)].join('\n'));
  return 2;
}

export function toJson(findings: Findings, { config }: Pick<Operator, 'config'>) {
  const { id, job, row, entry, runners, currency, deliveries, gitHubFailed, record, alerts } = findings;
  const understood = job === null ? null : parseLabels(job.labels, job.repository, config);
  return {
    id,
    job,
    alerts: alerts.map(({ raisedAtMs, ...alert }) => ({ ...alert, raisedAt: toIsoOrNull(raisedAtMs) })),
    answer: answerOn(findings, config.name),
    nextTryAt: toIsoOrNull(entry?.startedOn === null ? entry.nextTryAtMs : null),
    requirements: understood?.kind === 'ours' ? understood.requirements : null,
    atGitHub:
      record === null
        ? null
        : { status: record.status, conclusion: record.conclusion, runner: record.runner },
    gitHubFailed,
    runners: runners.map(({ name, state, instanceId, candidate }) => ({
      name,
      state,
      instanceId,
      candidate,
    })),
    instance: row?.instanceId ?? null,
    cost: { currency, ...costOf(findings, findings.nowMs) },
    story: storyOf(findings).map(({ atMs, text }) => ({ at: toIsoOrNull(atMs), text })),
    deliveries: deliveries.found.map(({ deliveredAtMs, ...each }) => ({
      ...each,
      deliveredAt: toIsoOrNull(deliveredAtMs),
    })),
    deliveriesGap: deliveries.gap,
    consoleTail: row?.consoleTail ?? null,
  };
}
