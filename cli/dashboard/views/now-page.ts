/** The page Now. */

import type { LiveRunner, WaitingJob } from '../../list/live-state.ts';
import type { RefusedJob } from '../../list/refused.ts';
import { keptLines, stopLines } from '../../list/table.ts';
import { type Html, html } from '../../shared/screen/html.ts';
import { PHASES, type Stretch, timeline } from '../charts.ts';
import { type Say, type Section, section, translated } from '../say.ts';
import { type GoneLane, type Moments, type NowState, stretchesOf } from './now.ts';
import { alertsOf, figure } from './parts.ts';

const SWEEP_LATE_MS = 5 * 60_000;
/** Older than this is at the left edge. */
const WINDOW_MAX_MS = 2 * 3_600_000;
const WINDOW_MIN_MS = 5 * 60_000;
const ROWS_MAX = 200;

export function nowSections(state: NowState, say: Say, allowsActions: boolean): Section[] {
  const { live } = state;
  return [
    section('alerts', null, [stoppedBanner(live, say), alertsOf(live, say), sweepWarning(live, say)]),
    section('figures', null, figures(state, say)),
    section('runners', say.words.runners, runnersOf(state, say, allowsActions)),
    section('waiting', say.words.jobsWaiting, waitingOf(live.jobs, live.atMs, say)),
    section('refused', live.refused.length === 0 ? null : say.words.refused, refusedOf(live, say)),
  ];
}

/** In the words of `list`. */
const stoppedBanner = (live: NowState['live'], say: Say): Html =>
  html`${stopLines(live).map((text) => html`<p class="banner wrong" role="alert">${translated(text, say)}</p>`)}`;

export function sweepWarning({ sweptAtMs, atMs, stop }: NowState['live'], { words, duration }: Say): Html {
  // The switch turns the sweep's trigger off, too.
  if (stop?.repositories === null) return html``;
  if (sweptAtMs === null) return html`<p class="banner wrong" role="alert">${words.noSweep}</p>`;
  if (atMs - sweptAtMs < SWEEP_LATE_MS) return html``;
  return html`<p class="banner wrong" role="alert">${words.lateSweep(duration(atMs - sweptAtMs))}</p>`;
}

function figures({ live, spendPerHour, unpriced, withoutJob, images }: NowState, say: Say): Html {
  const { words, duration, money } = say;
  const swept = live.sweptAtMs === null ? words.never : words.ago(duration(live.atMs - live.sweptAtMs));
  return html`<dl class="figures">
    ${figure(words.slots, words.of(live.slots.taken, live.slots.limit))}
    ${figure(words.waiting, String(live.jobs.length))}
    ${figure(words.spend, money(spendPerHour, live.currency))}
    ${figure(words.sweep, swept)}
    ${figure(words.withoutJob, String(withoutJob))}
    ${figure(words.images, images.join(', '))}
  </dl>${unpriced === 0 ? null : html`<p class="hint">${words.unpricedMachines(unpriced)}</p>`}${live.quotas.map((quota) => html`<p class="hint">${words.quota(quota)}</p>`)}${keptLines(live).map((text) => html`<p class="hint">${translated(text, say)}</p>`)}`;
}

interface Row {
  readonly stretches: readonly Stretch[];
  readonly head: Html;
}

function runnersOf(state: NowState, say: Say, allowsActions: boolean): Html {
  const { live, lanes, gone } = state;
  const { words, duration } = say;
  if (live.runners.length + gone.length === 0) return html`<p class="empty">${words.noRunner}</p>`;
  const moments = new Map(lanes.map((lane) => [lane.runner, lane.moments]));
  const rows: Row[] = [
    ...live.runners.map((runner) =>
      liveRow(runner, moments.get(runner.runner) ?? null, live, say, allowsActions),
    ),
    ...gone.map((lane) => goneRow(lane, live.atMs, say)),
  ];
  const shown = rows.slice(0, ROWS_MAX);
  const oldest = Math.min(...shown.flatMap(({ stretches }) => stretches.map(({ fromMs }) => fromMs)));
  const spanMs = Math.min(WINDOW_MAX_MS, Math.max(WINDOW_MIN_MS, live.atMs - oldest));
  const window = { fromMs: live.atMs - spanMs, toMs: live.atMs };
  return html`<ul class="legend">${PHASES.slice(0, -1).map((phase) => html`<li><svg width="14" height="14" aria-hidden="true"><rect class="phase-${phase}" x="0" y="1" width="14" height="12"/></svg> ${words.phases[phase]}</li>`)}</ul>
    <p class="hint">${words.oldestAt} ${say.time(window.fromMs)} ${words.untilNow}</p>
    <ol class="rows">${shown.map(({ stretches, head }) => {
      const label = stretches
        .map(({ phase, fromMs, toMs }) => `${words.phases[phase]} ${duration(toMs - fromMs)}`)
        .join(', ');
      return html`<li><div class="head">${head}</div>${timeline(stretches, { ...window, label })}<div class="spans">${label}</div></li>`;
    })}</ol>${moreOf(rows.length - shown.length, say)}`;
}

const moreOf = (count: number, { words }: Say): Html =>
  count > 0 ? html`<p>${words.more(count)}</p>` : html``;

function liveRow(
  runner: LiveRunner,
  moments: Moments | null,
  { atMs, currency }: NowState['live'],
  say: Say,
  allowsActions: boolean,
): Row {
  const { words, price, link } = say;
  const { instanceType, zone, capacityType, pricePerHour, keptUntilMs } = runner;
  const kept =
    keptUntilMs === null ? null : html` · <strong>${words.keptUntil} ${say.time(keptUntilMs)}</strong>`;
  const place =
    instanceType === null
      ? null
      : [instanceType, ' · ', zone, capacityType === 'on-demand' ? ` · ${words.onDemand}` : ''];
  const paid = pricePerHour === null ? null : html` · ${price(pricePerHour, currency)} ${words.perHour}`;
  const retire =
    allowsActions && runner.state !== 'retiring'
      ? html` <a class="action" href="${link('retire', { runner: runner.runner })}">${words.retire}<span class="unseen"> ${runner.runner}</span></a>`
      : null;
  return {
    stretches: stretchesOf(moments ?? { ...NOTHING, launch: runner.createdAtMs }, atMs),
    head: html`<strong class="state">${words.phases[PHASE_OF[runner.state]]}</strong> ${jobLink(runner.job, runner.jobName, say)} <span>${runner.repository}</span> <span class="quiet"><span class="name">${runner.runner}</span>${place === null ? null : html` · ${place}`}${paid}${kept}</span>${retire}`,
  };
}

const NOTHING: Moments = {
  queued: null,
  launch: null,
  boot: null,
  idle: null,
  busy: null,
  ending: null,
  gone: null,
};
const PHASE_OF = {
  launching: 'launch',
  booting: 'boot',
  idle: 'idle',
  busy: 'busy',
  retiring: 'ending',
  preparing: 'boot',
  stopping: 'boot',
  stopped: 'stopped',
  starting: 'launch',
} as const;

const goneRow = (lane: GoneLane, nowMs: number, say: Say): Row => ({
  stretches: stretchesOf(lane.moments, nowMs),
  head: html`<strong class="state">${say.words.phases.gone}</strong> ${jobLink(lane.job, lane.jobName, say)} <span>${lane.repository}</span> <span class="quiet">${lane.outcome} · <span class="name">${lane.runner}</span></span>`,
});

export const jobLink = (job: number | null, name: string | null, { link }: Say): Html =>
  job === null
    ? html`<span>–</span>`
    : html`<a href="${link('job', { id: String(job) })}">${name ?? String(job)}</a>`;

function waitingOf(jobs: readonly WaitingJob[], nowMs: number, say: Say): Html {
  const { words, duration, time } = say;
  if (jobs.length === 0) return html`<p class="empty">${words.noJob}</p>`;
  const shown = jobs.slice(0, ROWS_MAX);
  return html`<ol class="rows">${shown.map(
    ({ job, name, repository, createdAtMs, nextTryAtMs, because, isHeld }) =>
      html`<li><div class="head">${jobLink(job, name, say)} <span>${repository}</span> <span class="quiet">${words.waits} ${duration(nowMs - createdAtMs)}${nextTryAtMs > nowMs && !isHeld ? html` · ${words.nextTry} ${time(nextTryAtMs)}` : null}</span></div><p class="why">${translated(because, say)}</p></li>`,
  )}</ol>${moreOf(jobs.length - shown.length, say)}`;
}

const REFUSED_GROUPS_MAX = 20;

/** A matrix has hundreds: one row for all of a repository and a reason. */
function refusedOf({ refused, isRefusedComplete }: NowState['live'], say: Say): Html {
  const groups = new Map<string, RefusedJob[]>();
  for (const job of refused) {
    const key = JSON.stringify([job.repository, job.because]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  const rows = [...groups.values()]
    .slice(0, REFUSED_GROUPS_MAX)
    .flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : [
            html`<li><div class="head">${jobLink(first.job, first.name, say)} <span>${first.repository}</span> <span class="quiet">${others.length === 0 ? null : `+ ${others.length} · `}${say.time(first.createdAtMs)}</span></div><p class="why">${translated(first.because, say)}</p></li>`,
          ],
    );
  return html`${rows.length === 0 ? null : html`<ol class="rows">${rows}</ol>`}${moreOf(groups.size - REFUSED_GROUPS_MAX, say)}${isRefusedComplete ? null : html`<p class="hint">${say.words.notAll}</p>`}`;
}
