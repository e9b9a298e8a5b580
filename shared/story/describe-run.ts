/** What the check on a commit says of the jobs of one run: pure. */

import type { CheckLine } from '../check-runs/check-entry.ts';
import type { JobState } from '../nouns.ts';
import { CHECK_NAME_MAX_CHARS, CHECK_SUMMARY_MAX_CHARS, CHECK_TITLE_MAX_CHARS } from './limits.ts';
import { escapeMarkdown, plainText } from './outside-text.ts';

/** In order of what a reader has to know first. */
// biome-ignore format: a table reads best as a table.
const STATES: readonly (readonly [state: JobState, one: string, many: string])[] = [
  ['refused', 'refused', 'refused'],
  ['waits',   'waits',   'wait'],
  ['coming',  'starts',  'start'],
  ['runs',    'runs',    'run'],
  ['ended',   'ended',   'ended'],
];

const orderOf = (state: JobState): number => STATES.findIndex(([each]) => each === state);

export interface RunDescription {
  /** Plain text: GitHub shows it beside the check's name. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/** `linkOf`: where GitHub shows a job. */
export function describeRun(lines: readonly CheckLine[], linkOf: (id: number) => string): RunDescription {
  const sorted = lines.toSorted((a, b) => orderOf(a.state) - orderOf(b.state) || a.id - b.id);
  return { title: titleOf(sorted), summary: summaryOf(sorted, linkOf) };
}

function titleOf(lines: readonly CheckLine[]): string {
  const [first] = lines;
  if (first === undefined) return 'No job';
  if (lines.length === 1) return clauseOf(first);
  const counts = STATES.flatMap(([state, one, many]) => {
    const count = lines.filter((line) => line.state === state).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  const why = first.state === 'refused' ? `. ${clauseOf(first)}` : '';
  return plainText(`${counts.join(', ')}${why}`, CHECK_TITLE_MAX_CHARS);
}

/** `It waits because …. 2 jobs are ahead of it. It is …` becomes `Waits because …. 2 jobs are ahead of it` */
function clauseOf({ text }: CheckLine): string {
  const [first = ''] = text.split(/(?<=[.?]) (?=It |When |If )/);
  const clause = first.replace(/^It (was )?/, '').replace(/\.$/, '');
  return plainText(`${clause.charAt(0).toUpperCase()}${clause.slice(1)}`, CHECK_TITLE_MAX_CHARS);
}

const REFUSED_ADVICE =
  'A refused job is never started. Correct what the reason names, push, and cancel this run: GitHub would keep the job queued for 24 hours.';

/** As many rows as GitHub takes; the rest is counted. */
function summaryOf(lines: readonly CheckLine[], linkOf: (id: number) => string): string {
  const rows: string[] = [];
  let chars = 0;
  for (const line of lines) {
    const row = rowOf(line, linkOf);
    chars += row.length + 1;
    if (chars > CHECK_SUMMARY_MAX_CHARS) break;
    rows.push(row);
  }
  const more = lines.length - rows.length;
  return [
    ['| job | state | |', '|---|---|---|', ...rows].join('\n'),
    ...(more === 0 ? [] : [`And ${more} more.`]),
    ...(lines.some(({ state }) => state === 'refused') ? [REFUSED_ADVICE] : []),
    'This check only tells; it never fails.',
  ].join('\n\n');
}

function rowOf({ id, name, state, text }: CheckLine, linkOf: (id: number) => string): string {
  const shown = escapeMarkdown(plainText(name, CHECK_NAME_MAX_CHARS)) || String(id);
  const [, label = ''] = STATES[orderOf(state)] ?? [];
  const mark = state === 'refused' || state === 'waits' ? '**' : '';
  return `| [${shown}](${linkOf(id)}) | ${mark}${label}${mark} | ${escapeMarkdown(text)} |`;
}
