/** Which jobs asked for more, or less, than they use, by the figures of their machines: pure. */
import type { Config } from '../../shared/config/config.ts';
import { groupedBy } from '../../shared/figures.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { HistoryRow, Usage } from '../../shared/ledger/history-row.ts';
import { type Advice, adviceOf } from '../../shared/runner/usage.ts';
import { type CostRequest, costOf } from './report.ts';

/** One run says little of the next. */
export const RUNS_MIN = 3;
/** Of what was asked for, in the busiest minute of all runs. */
const LITTLE = 1 / 3;

export interface Sizing {
  readonly repository: string;
  readonly workflow: string | null;
  readonly job: string;
  readonly labels: readonly string[];
  readonly runs: number;
  /** Asked for, or the machine's where that is less. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly coresPeak: number;
  readonly memoryPeakGiB: number;
  readonly oomKilled: number;
  readonly advice: 'smaller' | 'more memory';
  /** Labels to write. */
  readonly write: readonly string[];
  /** Of what these runs' machines have cost without their disks; null: more memory saves no money. */
  readonly saves: number | null;
}

/** Those that were short of memory first, then by what is saved. */
export function rightSizing(request: CostRequest): Sizing[] {
  const measured = request.rows.flatMap(({ usage, ...row }) => (usage == null ? [] : [{ ...row, usage }]));
  const groups = groupedBy(measured, (row) =>
    JSON.stringify([row.job.repository, row.job.workflow ?? null, row.job.name, labelsOf(row)]),
  );
  const found = [...groups.values()].flatMap((rows) => sizingOf(rows, request) ?? []);
  return found.sort(
    (a, b) => (b.saves ?? Infinity) - (a.saves ?? Infinity) || a.repository.localeCompare(b.repository),
  );
}

const labelsOf = ({ job }: Pick<HistoryRow, 'job'>): string[] =>
  job.labels.map((label) => label.toLowerCase()).sort();

function sizingOf(
  rows: readonly (HistoryRow & { readonly usage: Usage })[],
  request: CostRequest,
): Sizing | null {
  const [first] = rows;
  if (first === undefined || rows.length < RUNS_MIN) return null;
  const peaks = peaksOf(rows.map(({ usage }) => usage));
  const cores = Math.min(peaks.cores, askedBy(first, request.config) ?? peaks.cores);
  const advice = adviceOf({ ...peaks, cores });
  if (!isWorthSaying(advice, peaks.coresPeak / cores)) return null;
  const cost = rows.reduce((sum, row) => sum + (costOf(row, request)?.instance ?? 0), 0);
  const { repository, workflow, name, labels } = first.job;
  return {
    ...{ repository, workflow: workflow ?? null, job: name, labels, runs: rows.length, ...peaks, cores },
    ...{ advice: advice.kind, write: advice.labels },
    saves: advice.kind === 'smaller' ? (1 - advice.share) * cost : null,
  };
}

const isWorthSaying = (advice: Advice, used: number): advice is Exclude<Advice, { kind: 'fits' }> =>
  advice.kind === 'more memory' || (advice.kind === 'smaller' && used < LITTLE);

/** The smallest machine of all, and the most that any run used. */
function peaksOf(usages: readonly Usage[]) {
  const least = (of: (usage: Usage) => number) =>
    usages.reduce((all, each) => Math.min(all, of(each)), Infinity);
  const most = (of: (usage: Usage) => number) => usages.reduce((all, each) => Math.max(all, of(each)), 0);
  return {
    cores: least(({ cores }) => cores),
    memoryGiB: least(({ memoryGiB }) => memoryGiB),
    coresPeak: most(({ coresPeak }) => coresPeak),
    memoryPeakGiB: most(({ memoryPeakGiB }) => memoryPeakGiB),
    oomKilled: most(({ oomKilled }) => oomKilled),
  };
}

/** Null: its labels are not understood any more. */
function askedBy({ job }: HistoryRow, config: Config): number | null {
  const understood = parseLabels(job.labels, null, config);
  return understood.kind === 'ours' ? understood.requirements.cpu.min : null;
}
