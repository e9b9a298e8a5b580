/** The page Job: what `explain` tells, with a time line. */

import { parseLabels } from '../../../shared/job/labels.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { costOf, formatCost } from '../../../shared/story/cost.ts';
import { answerOn } from '../../explain/answer.ts';
import { type Findings, gatherFindings } from '../../explain/findings.ts';
import { toJson } from '../../explain/index.ts';
import { parseReference } from '../../explain/reference.ts';
import { asksFor, storyOf } from '../../explain/story.ts';
import { type Html, html } from '../../shared/screen/html.ts';
import { PHASES, timeline } from '../charts.ts';
import { type Say, type Section, section, translated } from '../say.ts';
import type { Ask, DashboardWorld, View } from '../world.ts';
import { type Moments, momentsOfEntry, momentsOfRow, stretchesOf } from './now.ts';
import { alertsOf, figure } from './parts.ts';

/** Each look asks GitHub, and opens deliveries: not every other second. */
const LOOK_MS = 20_000;

export type JobState =
  | { readonly kind: 'unasked' | 'not-a-job' }
  | { readonly kind: 'job'; readonly found: Findings };

export const JOB: View<JobState> = {
  everyMs: (state) => (state.kind === 'job' && (state.found.row?.goneAtMs ?? null) === null ? LOOK_MS : null),
  read: readJob,
  json: (state, { operator }) =>
    state.kind === 'job' ? toJson(state.found, operator) : { error: state.kind },
  sections: (state, ask, say, world) => [
    searchOf(ask, say),
    ...(state.kind === 'job' ? jobSections(state.found, say, world) : []),
    ...(state.kind === 'not-a-job'
      ? [section('wrong', null, html`<p class="banner wrong">${say.words.noReference}</p>`)]
      : []),
  ],
  ahead: (ask, say) => [searchOf(ask, say)],
};

async function readJob({ job }: Ask, { operator }: DashboardWorld): Promise<JobState> {
  if (job.trim() === '') return { kind: 'unasked' };
  const reference = parseReference(job);
  if (reference?.kind !== 'job') return { kind: 'not-a-job' };
  return { kind: 'job', found: await gatherFindings(reference.id as JobId, reference.repository, operator) };
}

const searchOf = ({ job }: Ask, { words, language }: Say): Section =>
  section(
    'search',
    null,
    html`<form class="search" method="get" action="job" role="search"><label for="id">${words.findJob}</label><input id="id" name="id" value="${job}" autocomplete="off" spellcheck="false"><input type="hidden" name="lang" value="${language}"><button>${words.show}</button></form>`,
  );

function jobSections(found: Findings, say: Say, { operator: { config } }: DashboardWorld): Section[] {
  const { words } = say;
  const { text, advice, state } = answerOn(found, config.name);
  const tone =
    state === 'refused' || state === 'unknown'
      ? 'wrong'
      : state === 'runs' || state === 'ended'
        ? 'ok'
        : 'warning';
  return [
    section('alerts', null, alertsOf({ alerts: found.alerts, atMs: found.nowMs }, say)),
    section(
      'answer',
      found.job?.name ?? `${words.job} ${found.id}`,
      html`<p class="banner ${tone}" role="status">${translated(text, say)}${advice === null ? null : html`<br>→ ${translated(advice, say)}`}</p>${gitHubLink(found, config.github.baseUrl, say)}`,
    ),
    section('facts', null, factsOf(found, say, config)),
    ...lineOf(found, say),
    section('story', words.story, storyHtml(found, say)),
    ...consoleOf(found, say),
  ];
}

/** Built from parts, each of which is one segment of a path. */
function gitHubLink({ job, id }: Findings, baseUrl: string, { words }: Say): Html {
  if (job === null) return html``;
  const path = job.repository.split('/').map(encodeURIComponent).join('/');
  return html`<p><a href="${`${baseUrl.replace(/\/$/, '')}/${path}/actions/runs/${job.runId}/job/${id}`}" rel="noreferrer noopener" target="_blank">${words.atGitHub}</a></p>`;
}

function factsOf(
  found: Findings,
  { words, ...say }: Say,
  config: DashboardWorld['operator']['config'],
): Html {
  const { job, row, runners, entry, currency, gitHubFailed, deliveries } = found;
  if (job === null) return html``;
  const understood = parseLabels(job.labels, job.repository, config);
  const last = runners.findLast(({ instanceId }) => instanceId !== null);
  const cost = costOf(found, found.nowMs);
  const launches = entry?.launches ?? row?.launches ?? 0;
  const facts: readonly (readonly [string, Html | string | null])[] = [
    [words.repository, job.repository],
    [words.workflow, job.workflow ?? null],
    [words.labels, job.labels.join(', ')],
    [words.asked, understood.kind === 'ours' ? translated(asksFor(understood.requirements), say) : null],
    [words.machine, machineOf(found)],
    [words.runner, row?.runnerName ?? last?.name ?? null],
    [words.launches, launches > 0 ? String(launches) : null],
    [words.cost, cost === null ? null : translated(formatCost(cost, currency), say)],
    ['GitHub', gitHubFailed === null ? null : words.gitHubFailed(gitHubFailed)],
    [words.deliveries, deliveries.gap === null ? null : words.gap(deliveries.gap)],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => (value === null ? null : figure(name, value)))}</dl>`;
}

function machineOf({ row, runners }: Findings): string | null {
  const last = runners.findLast(({ instanceId }) => instanceId !== null);
  const parts = [
    row?.instanceType ?? last?.candidate?.instanceType,
    row?.zone ?? last?.candidate?.zone,
    row?.instanceId ?? last?.instanceId,
  ].filter((part) => part !== null && part !== undefined);
  return parts.length === 0 ? null : parts.join(' · ');
}

function lineOf({ row, runners, entry, job, nowMs }: Findings, say: Say): Section[] {
  const runner = runners.at(-1);
  const live = runner === undefined ? null : momentsOfEntry(runner, entry ?? undefined);
  const kept = row === null ? null : momentsOfRow(row);
  const merged = PHASES.map((phase) => [phase, kept?.[phase] ?? live?.[phase] ?? null]);
  const moments = { ...Object.fromEntries(merged), queued: job?.createdAtMs ?? null } as Moments;
  const stretches = stretchesOf(moments, nowMs);
  const [first] = stretches;
  if (first === undefined || stretches.length < 2) return [];
  const toMs = stretches.at(-1)?.toMs ?? nowMs;
  const spans = stretches.map(
    ({ phase, fromMs, toMs: end }) => `${say.words.phases[phase]} ${say.duration(end - fromMs)}`,
  );
  const label = spans.join(', ');
  return [
    section(
      'timeline',
      say.words.timeline,
      html`${timeline(stretches, { fromMs: first.fromMs, toMs, label })}<p class="spans">${label}</p>`,
    ),
  ];
}

const storyHtml = (found: Findings, say: Say): Html =>
  html`<ol class="story">${storyOf(found).map(({ atMs, text }) => html`<li>${say.time(atMs)} ${translated(text, say)}</li>`)}</ol>`;

const consoleOf = ({ row }: Findings, { words }: Say): Section[] =>
  row?.consoleTail?.trim()
    ? [
        section(
          'console',
          words.console,
          html`<pre tabindex="0">${row.consoleTail
            .trimEnd()
            .split('\n')
            .map((line) => html`${line}${NEW_LINE}`)}</pre>`,
        ),
      ]
    : [];

const NEW_LINE = html`
`;
