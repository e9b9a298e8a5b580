/** All that was written about a job: its story, what functions logged of it, and the consoles of its machines. */
import type { LogLine, LogQuestion } from '../../shared/adapters/log-lines.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import { runnerNameOf } from '../../shared/names.ts';
import type { Listing } from '../../shared/nouns.ts';
import { cleanLines } from '../../shared/story/outside-text.ts';
import type { Findings } from '../explain/findings.ts';
import { storyOf } from '../explain/story.ts';
import type { Operator } from '../shared/operator.ts';
import { nextStep } from '../shared/screen/next-step.ts';
import { type Console, diagsOf } from './diag.ts';

export type AskLog = (question: LogQuestion) => Promise<Listing<LogLine>>;

export interface Line {
  readonly atMs: number;
  /** `story`, or the function's name */
  readonly source: string;
  readonly text: string;
}

export interface JobLogs {
  /** Oldest first. */
  readonly lines: readonly Line[];
  readonly consoles: readonly Console[];
  /** The runner's own log, where it was asked for. */
  readonly diags: readonly Console[];
  /** What could not be had, one sentence each. */
  readonly missing: readonly string[];
}

/** Before a job was created nothing was written of it; clocks are not quite one. */
const BEFORE_MS = 60_000;
/** Of a job long over: nothing comes later than this. */
const AFTER_MS = 3_600_000;
/** Each is one word of a query. */
const LAUNCHES_MAX = 20;

export async function gatherLogs(
  findings: Findings,
  operator: Operator,
  askLog: AskLog,
  wantsDiag = false,
): Promise<JobLogs> {
  const missing: string[] = [];
  const diags = wantsDiag ? await diagsOf(findings, operator, missing) : [];
  const [logged, consoles] = [
    await functionLines(findings, operator, askLog, missing),
    await consolesOf(findings, operator, missing),
  ];
  const story = storyOf(findings).map(({ atMs, text }) => ({ atMs, source: 'story', text: cleaned(text) }));
  return { lines: [...story, ...logged].sort((a, b) => a.atMs - b.atMs), consoles, diags, missing };
}

const cleaned = (text: string): string => cleanLines(text).join(' ');

async function functionLines(
  findings: Findings,
  { config }: Operator,
  askLog: AskLog,
  missing: string[],
): Promise<Line[]> {
  const { job, row, nowMs } = findings;
  if (job === null) return [];
  const lastMs = row?.goneAtMs ?? row?.completedAtMs ?? null;
  const toMs = lastMs === null ? nowMs : Math.min(nowMs, lastMs + AFTER_MS);
  const words = wordsFor(findings, config);
  try {
    const { things, complete } = await askLog({ words, fromMs: job.createdAtMs - BEFORE_MS, toMs });
    if (!complete) missing.push('Log Service did not give all lines of the functions: there are more.');
    return things.map(({ atMs, functionName, text }) => ({
      ...{ atMs, text: cleaned(text) },
      source: functionName.replace(`${config.name}-`, ''),
    }));
  } catch (error) {
    const because = reasonOf(error);
    const step = nextStep({ name: 'LogService', message: because }, 'run it again in a minute');
    missing.push(`The functions’ lines could not be had: ${because} → ${step}`);
    return [];
  }
}

/** Its id, and the name of each runner that was launched for it or ran it. */
function wordsFor({ id, job, row, entry, runners }: Findings, config: Operator['config']): readonly string[] {
  const understood = job === null ? null : parseLabels(job.labels, job.repository, config);
  const launches = Math.min(entry?.launches ?? row?.launches ?? 0, LAUNCHES_MAX);
  const arch = understood?.kind === 'ours' ? understood.requirements.arch : null;
  const launched =
    arch === null
      ? []
      : Array.from({ length: launches }, (_, at) => runnerNameOf(config.name, arch, id, at + 1));
  return [...new Set([String(id), ...launched, ...runners.map(({ name }) => name)])];
}

/** Of machines that live; of a boot that failed, what was kept with its job. */
async function consolesOf(
  { runners, row }: Findings,
  { instances }: Operator,
  missing: string[],
): Promise<Console[]> {
  const consoles: Console[] = [];
  for (const { name, instanceId, region } of runners) {
    if (instanceId === null || region === null) continue;
    try {
      const text = await instances.consoleOutput(region, instanceId);
      if (text !== null) consoles.push({ runner: name, lines: cleanLines(text.trimEnd()) });
    } catch (error) {
      missing.push(`The console of ${name} (${instanceId}) could not be read: ${reasonOf(error)}.`);
    }
  }
  if (consoles.length === 0 && row?.consoleTail)
    consoles.push({ runner: 'the boot that failed', lines: cleanLines(row.consoleTail) });
  return consoles;
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? cleanLines(error.message).join(' ') : 'unknown';
