/** What happened to a job, line by line, and how long it took: pure. */
import type { RunnerEntry, TrailLine } from '../../shared/ledger/entries.ts';
import { isEnd } from '../../shared/ledger/history.ts';
import type { Usage } from '../../shared/ledger/history-row.ts';
import type { Requirements } from '../../shared/nouns.ts';
import type { Delivery } from '../../shared/ports.ts';
import { formatDuration } from '../../shared/story/format.ts';
import type { Findings } from './findings.ts';

export function storyOf({
  job,
  row,
  entry,
  runners,
  record,
  deliveries,
  rerun,
}: Findings): readonly TrailLine[] {
  const startedAtMs = row?.startedAtMs ?? entry?.startedAtMs ?? record?.startedAtMs ?? null;
  const taker = row?.runnerName ?? entry?.startedOn ?? record?.runner?.name ?? 'a runner';
  const isTold = (text: string) => deliveries.found.some(({ guid }) => text.endsWith(guid));
  const lines = [
    ...line(job?.createdAtMs, 'was queued at GitHub'),
    ...deliveries.found.map((each) => ({ atMs: each.deliveredAtMs, text: saidBy(each) })),
    ...[...(entry?.trail ?? []), ...(row?.trail ?? [])].filter(({ text }) => !isTold(text)),
    ...runners.flatMap((runner) => linesOf(runner, startedAtMs)),
    ...(runners.length === 0 ? line(row?.launchedAtMs, `the launch of ${taker} began`) : []),
    ...(runners.length === 0 ? line(onlineOf(row?.onlineAtMs, startedAtMs), `${taker} came online`) : []),
    ...line(startedAtMs, `GitHub gave it to ${taker}`),
    ...(row?.outcome === 'expired' ? line(row.completedAtMs, 'was given up') : []),
    ...line(endOf({ row, record }), `ended with '${wordOf({ row, record })}'`),
    ...(row?.usage == null ? [] : line(row.completedAtMs, usedOf(row.usage))),
    ...(rerun === null ? [] : line(rerun.createdAtMs, 'was noted as interrupted, to be run again')),
    ...line(row?.goneAtMs, 'its instance is gone'),
  ];
  const once = new Map(lines.map((each) => [`${each.atMs} ${each.text}`, each]));
  return [...once.values()].sort((a, b) => a.atMs - b.atMs);
}

type Ends = Pick<Findings, 'row' | 'record'>;

/** What was given up is no end: GitHub may know one, or the job goes on. */
const endOf = ({ row, record }: Ends): number | null | undefined =>
  (row !== null && isEnd(row.outcome) ? row.completedAtMs : null) ?? record?.completedAtMs;

const wordOf = ({ row, record }: Ends): string =>
  (row?.outcome === 'expired' ? null : row?.outcome) ?? record?.conclusion ?? 'an unknown outcome';

const usedOf = ({ cores, memoryGiB, coresPeak, memoryPeakGiB }: Usage): string =>
  `used at most ${coresPeak.toFixed(1)} of ${cores} cores and ${memoryPeakGiB.toFixed(1)} of ${memoryGiB} GiB`;

const line = (atMs: number | null | undefined, text: string): TrailLine[] =>
  atMs === null || atMs === undefined ? [] : [{ atMs, text }];

/** We hear of both late: it was online before it was given a job. */
const onlineOf = (onlineAtMs: number | null | undefined, startedAtMs: number | null): number | null =>
  onlineAtMs === null || onlineAtMs === undefined ? null : Math.min(onlineAtMs, startedAtMs ?? onlineAtMs);

function linesOf(
  { name, createdAtMs, onlineAtMs, removedAtMs, trail }: RunnerEntry,
  startedAtMs: number | null,
): TrailLine[] {
  return [
    ...line(createdAtMs, `the launch of ${name} began`),
    ...trail,
    ...line(onlineOf(onlineAtMs, startedAtMs), `${name} came online`),
    ...line(removedAtMs, `${name} was taken off GitHub`),
  ];
}

function saidBy({ action, statusCode, guid }: Delivery): string {
  return `GitHub told us '${action}' (${statusCode}: ${meaningOf(statusCode)}; delivery ${guid})`;
}

function meaningOf(status: number): string {
  if (status === 202) return 'accepted';
  if (status === 401) return 'refused for its signature';
  if (status >= 200 && status < 300) return 'nothing to do for us';
  if (status >= 400 && status < 500) return 'refused';
  return 'not taken, to be asked for again';
}

/** How long each phase took; empty while nothing has happened. */
export function phasesOf({ job, row, entry, runners, record }: Findings): string {
  const runner = runners.at(-1);
  const startedAtMs = row?.startedAtMs ?? entry?.startedAtMs ?? record?.startedAtMs ?? null;
  const moments: readonly [name: string, atMs: number | null | undefined][] = [
    ['launched', row?.launchedAtMs ?? runner?.createdAtMs],
    ['online', onlineOf(row?.onlineAtMs ?? runner?.onlineAtMs, startedAtMs)],
    ['started', startedAtMs],
    ['ended', endOf({ row, record })],
    ['gone', row?.goneAtMs],
  ];
  if (job === null) return '';
  return moments
    .flatMap(([name, atMs]) =>
      atMs === null || atMs === undefined ? [] : [`${name} after ${formatDuration(atMs - job.createdAtMs)}`],
    )
    .join(', ');
}

function coresOf({ min, max }: Requirements['cpu']): string {
  if (max === null) return `at least ${min} cores`;
  return min === max ? `${min} cores` : `${min} to ${max} cores`;
}

/** `arm64, 16 cores, at least 32 GiB, 40 GiB disk, spot` */
export function asksFor(asked: Requirements): string {
  const { cpu, memoryGiB, type, profile, image, arch } = asked;
  const cores = coresOf(cpu);
  const memory =
    memoryGiB.max === null ? `at least ${memoryGiB.min} GiB` : `${memoryGiB.min} to ${memoryGiB.max} GiB`;
  return [
    ...[arch, cores, memory, `${asked.diskGiB} GiB disk`, asked.capacityType],
    ...(type === null ? [] : [type]),
    ...(profile === null ? [] : [`profile ${profile}`]),
    ...(image === arch ? [] : [`image ${image}`]),
  ].join(', ');
}
