/** What was written about a job, for a terminal or a file: pure. */
import { formatTime, toIsoOrNull } from '../shared/format.ts';
import type { Console } from './diag.ts';
import type { JobLogs, Line } from './gather.ts';

export function renderLogs({ lines, consoles, diags, missing }: JobLogs, nowMs: number): string {
  const parts = [
    lines.length === 0 ? ['Nothing was written about it.'] : lines.map((line) => renderLine(line, nowMs)),
    ...consoles.map((each) => [`The console of ${each.runner}:`, ...each.lines.map(indented)]),
    ...diags.map((each) => [`The runner’s own log on ${each.runner}:`, ...each.lines.map(indented)]),
    missing.map((each) => `Not here: ${each}`),
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

/** Times in UTC; `state` as `explain` has it. */
export const jsonOf = (job: number, state: string, { lines, consoles, diags, missing }: JobLogs) => ({
  ...{ job, state, consoles, diags, missing },
  lines: lines.map(({ atMs, source, text }) => ({ at: toIsoOrNull(atMs), source, text })),
});

const renderLine = ({ atMs, source, text }: Line, nowMs: number): string =>
  `${formatTime(atMs, nowMs)}  ${source.padEnd(9)} ${text}`;

const indented = (line: string): string => `  | ${line}`;

/** Those of `now` that were not among `before`; of a console, what came after what was there. */
export function newsIn(before: JobLogs, now: JobLogs): JobLogs {
  const key = ({ atMs, source, text }: Line) => `${atMs} ${source} ${text}`;
  const known = new Set(before.lines.map(key));
  const consoles = now.consoles.flatMap(({ runner, lines }): Console[] => {
    const old = before.consoles.find((each) => each.runner === runner)?.lines ?? [];
    const fresh = goesOn(old, lines) ? lines.slice(old.length) : lines;
    return fresh.length === 0 ? [] : [{ runner, lines: fresh }];
  });
  const missing = now.missing.filter((each) => !before.missing.includes(each));
  return { lines: now.lines.filter((line) => !known.has(key(line))), consoles, diags: [], missing };
}

/** A console that rolled over begins anew. */
const goesOn = (old: readonly string[], lines: readonly string[]): boolean =>
  old.every((line, at) => line === lines[at]);

export const isNothing = ({ lines, consoles, missing }: JobLogs): boolean =>
  lines.length + consoles.length + missing.length === 0;
