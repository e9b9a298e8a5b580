/** What remains of jobs, as rows of the `history` table under the UTC day of their creation. */
import type { HistoryRow } from '../../ledger/history-row.ts';
import { type History, isEnd } from '../../ledger/ledger.ts';
import type { UnusedRow } from '../../ledger/unused-row.ts';
import { TRAIL_MAX, WRITE_CONFLICTS_MAX } from '../../limits.ts';
import type { Job, JobId, Listing } from '../../nouns.ts';
import { billsOn } from './bills.ts';
import { SCHEMA_VERSION, textIn } from './entries.ts';
import type { Columns, Condition, Key, Page, Table } from './table.ts';

/** What one invocation learnt of a job. */
type Findings = Parameters<History['merge']>[0];

const NOTHING: Omit<HistoryRow, 'job'> = {
  outcome: null,
  because: null,
  runnerName: null,
  instanceId: null,
  instanceType: null,
  zone: null,
  capacityType: null,
  pricePerHour: null,
  onDemandPricePerHour: null,
  diskGiB: null,
  launchedAtMs: null,
  onlineAtMs: null,
  startedAtMs: null,
  completedAtMs: null,
  goneAtMs: null,
  launches: null,
  consoleTail: null,
  trail: null,
};

export function historyOn(table: Table, newToken: () => string): History {
  async function tryToMerge(findings: Findings): Promise<boolean> {
    const key = keyOf(findings.job.createdAtMs, findings.job.id);
    const columns = await table.get(key);
    const before = columns === null ? null : rowIn(columns);
    const after = merged(before, findings);
    // Also the way out after a lost reply: what was to be written is there.
    if (before !== null && JSON.stringify(after) === JSON.stringify(before)) return true;
    return table.put(key, columnsOf(after, newToken()), unchangedSince(columns));
  }

  return {
    async read(createdAtMs, id) {
      const columns = await table.get(keyOf(createdAtMs, id));
      return columns === null ? null : rowIn(columns);
    },
    ofDay: (dayMs, max) => listed(table, dayOf(dayMs), max, rowIn),
    async merge(findings) {
      for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) if (await tryToMerge(findings)) return;
      throw new Error(
        `history of job ${findings.job.id}: others wrote it ${WRITE_CONFLICTS_MAX} times meanwhile`,
      );
    },
    async noteUnused(row) {
      const body = JSON.stringify(row);
      const columns = { repository: row.repository, schema: SCHEMA_VERSION, rev: newToken(), body };
      await table.put([unusedOn(row.launchedAtMs), row.runnerName], columns, { row: 'any' });
    },
    ...billsOn(table, newToken),
    unusedOfDay: (dayMs, max) =>
      listed(table, unusedOn(dayMs), max, (columns) => JSON.parse(textIn(columns, 'body')) as UnusedRow),
  };
}

/**
 * Known values win over null; the first outcome stays, and its reason with it, except that a refusal is no end: where
 * the operator mended its cause, the job ran on a runner; nor is what we gave up while GitHub had not. Lines of the trail come together. Every column is written anew
 * each time, because TableStore counts the time to live by column.
 */
export function merged(before: HistoryRow | null, findings: Findings): HistoryRow {
  const after = {
    ...NOTHING,
    ...before,
    ...known(findings),
    job: { ...before?.job, ...findings.job } as Job,
  };
  if (before === null) return after;
  const trail = together(before.trail, after.trail);
  if (before.outcome === null) return { ...after, trail };
  const hasEnded = findings.outcome != null && isEnd(findings.outcome);
  const hasRun = hasEnded && findings.runnerName != null;
  if ((before.outcome === 'refused' && hasRun) || (before.outcome === 'expired' && hasEnded))
    return { ...after, trail, because: findings.because ?? null };
  return { ...after, trail, outcome: before.outcome, because: before.because ?? after.because };
}

/** The newest TRAIL_MAX of both, each once. */
function together(one: HistoryRow['trail'], other: HistoryRow['trail']): HistoryRow['trail'] {
  if (one === null || other === null) return one ?? other;
  const lines = new Map([...one, ...other].map((line) => [`${line.atMs} ${line.text}`, line]));
  return [...lines.values()].sort((a, b) => a.atMs - b.atMs).slice(-TRAIL_MAX);
}

function known(findings: Findings): Partial<HistoryRow> {
  return Object.fromEntries(
    Object.entries(findings).filter(([, value]) => value !== null && value !== undefined),
  );
}

const PAGE_ROWS = 500;

async function listed<Kept>(
  table: Table,
  day: string,
  max: number,
  read: (columns: Columns) => Kept,
): Promise<Listing<Kept>> {
  const things: Kept[] = [];
  let from: Key | null = null;
  do {
    const page: Page = await table.range(day, from, Math.min(PAGE_ROWS, max - things.length));
    things.push(...page.rows.map(({ columns }) => read(columns)));
    from = page.next;
  } while (from !== null && things.length < max);
  return { things, complete: from === null };
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Beside the days of jobs, so that whoever reads those sees jobs alone. */
const unusedOn = (ms: number): string => `unused ${dayOf(ms)}`;

const keyOf = (createdAtMs: number, id: JobId): Key => [dayOf(createdAtMs), String(id)];

function columnsOf(row: HistoryRow, rev: string): Columns {
  return {
    outcome: row.outcome ?? '',
    repository: row.job.repository,
    schema: SCHEMA_VERSION,
    rev,
    body: JSON.stringify(row),
  };
}

function unchangedSince(columns: Columns | null): Condition {
  if (columns === null) return { row: 'absent' };
  const rev = textIn(columns, 'rev');
  return { row: 'present', checks: [{ column: 'rev', is: '=', value: rev, ifMissing: false }] };
}

const rowIn = (columns: Columns): HistoryRow => ({ ...NOTHING, ...JSON.parse(textIn(columns, 'body')) });
