/** The story of a job, for people: the answer first. */
import pc from 'picocolors';
import type { Config } from '../../shared/config/config.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import { badNetworkIn } from '../../shared/runner/bad-network.ts';
import { costOf, formatCost } from '../../shared/story/cost.ts';
import type { Translate } from '../../shared/words/translate.ts';
import { asItIs } from '../../shared/words/words-of.ts';
import { alertLines, isOfRefusal } from '../list/table.ts';
import { formatTime } from '../shared/format.ts';
import { type Answer, answerOn } from './answer.ts';
import type { Findings } from './findings.ts';
import { asksFor, phasesOf, storyOf } from './story.ts';

const CONSOLE_LINES_MAX = 15;

/** `say`: into the reader's language. */
export function renderText(
  findings: Findings,
  config: Config,
  isColoured: boolean,
  say: Translate = asItIs,
): string {
  const paint = pc.createColors(isColoured);
  const { text, advice, state } = answerOn(findings, config.name);
  // What other jobs were refused for does not keep this one.
  const alerts = findings.alerts.filter((alert) => !isOfRefusal(alert));
  const parts = [
    alertLines({ alerts, atMs: findings.nowMs }).map(say).map(paint.red).join('\n'),
    paint.bold(say(titleOf(findings))),
    `${colourOf(state, paint)(say(text))}${advice === null ? '' : `\n→ ${say(advice)}`}`,
    facts(findings, config, say).join('\n'),
    trailText(findings, say),
    consoleOf(findings, say),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function colourOf(state: Answer['state'], paint: ReturnType<typeof pc.createColors>) {
  if (state === 'refused' || state === 'unknown') return paint.red;
  return state === 'runs' || state === 'ended' ? paint.green : paint.yellow;
}

function titleOf({ id, job }: Findings): string {
  if (job === null) return `Job ${id}`;
  const attempt = job.runAttempt > 1 ? `, attempt ${job.runAttempt}` : '';
  return `Job ${id} '${job.name}' of ${job.repository} (run ${job.runId}${attempt})`;
}

function facts(findings: Findings, config: Config, say: Translate): readonly string[] {
  const { job, row, runners, entry } = findings;
  if (job === null) return [];
  const understood = parseLabels(job.labels, job.repository, config);
  const last = runners.findLast(({ instanceId }) => instanceId !== null);
  const launches = entry?.launches ?? row?.launches ?? 0;
  const { gap } = findings.deliveries;
  const fact = (name: string, value: string | null): string =>
    value === null ? '' : `${padded(say(name))}${value}`;
  return [
    fact('labels', job.labels.join(', ')),
    fact('asks for', understood.kind === 'ours' ? say(asksFor(understood.requirements)) : null),
    fact('instance', row?.instanceId ?? last?.instanceId ?? null),
    fact('launches', launches > 1 ? String(launches) : null),
    fact('took', say(phasesOf(findings)) || null),
    fact('cost', costFact(findings, launches, say)),
    fact(
      'GitHub',
      findings.gitHubFailed === null ? null : say(`could not be asked: ${findings.gitHubFailed}`),
    ),
    fact('deliveries', gap === null ? null : say(`not all are known: ${gap}`)),
  ].filter((line) => line !== '');
}

/** A Chinese character is two wide. */
const padded = (name: string): string => name.padEnd(11 - (name.match(/\p{Script=Han}/gu) ?? []).length);

function costFact(findings: Findings, launches: number, say: Translate): string | null {
  const cost = costOf(findings, findings.nowMs);
  if (cost === null) return null;
  return say(`${launches > 1 ? 'of the last launch ' : ''}${formatCost(cost, findings.currency)}`);
}

function trailText(findings: Findings, say: Translate): string {
  return storyOf(findings)
    .map(({ atMs, text }) => `  ${formatTime(atMs, findings.nowMs)}  ${say(text)}`)
    .join('\n');
}

function consoleOf({ row }: Findings, say: Translate): string {
  if (row === null || !row.consoleTail?.trim()) return '';
  const lines = row.consoleTail.trimEnd().split('\n').slice(-CONSOLE_LINES_MAX);
  const network = badNetworkIn(row.consoleTail);
  return [
    say('The console of the boot that failed ended with:'),
    ...lines.map((line) => `  | ${line.trimEnd()}`),
    ...(network === null ? [] : [say(`That boot failed because ${network}.`)]),
  ].join('\n');
}
