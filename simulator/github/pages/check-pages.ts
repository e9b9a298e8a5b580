/** The pages of a commit's checks, as far as a person needs them: each check with its title, and its words in Markdown. */
import { repositoryOf } from '../accounts.ts';
import type { Repository, SimCheckRun, SimJob } from '../model.ts';
import { jobsOf } from '../runs/status.ts';
import type { State } from '../state.ts';
import { Refusal } from '../wire.ts';
import { escaped } from './html.ts';
import { rendered } from './markdown.ts';

/** Null: there is no such page. */
export function checksPage(state: State, path: string): string | null {
  const [, owner = '', repo = '', sha] =
    /^\/([\w.-]+)\/([\w.-]+)\/(?:commits|commit\/([0-9a-f]{40})\/checks)\/?(?:\?.*)?$/.exec(path) ?? [];
  const repository = owner === 'repos' ? null : repositoryNamed(state, `${owner}/${repo}`);
  if (repository === null) return null;
  return sha === undefined ? commits(state, repository) : commit(state, repository, sha);
}

function repositoryNamed(state: State, fullName: string): Repository | null {
  try {
    return repositoryOf(state, fullName);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function commits(state: State, repository: Repository): string {
  const shas = new Map<string, string>();
  for (const run of state.runs.values())
    if (run.repository === repository) shas.set(run.headSha, `${run.workflow} #${run.number}`);
  const rows = [...shas]
    .reverse()
    .map(
      ([sha, of]) =>
        `<li><a href="/${repository.fullName}/commit/${sha}/checks">${sha.slice(0, 12)}…${sha.slice(-8)}</a> ${escaped(of)}: ${escaped(titlesOf(state, repository, sha))}</li>`,
    );
  return shell(`Commits of ${repository.fullName}`, `<ul class="commits">${rows.join('')}</ul>`);
}

const titlesOf = (state: State, repository: Repository, sha: string): string =>
  checksOn(state, repository, sha)
    .map(({ output }) => output.title ?? '')
    .join('; ');

const checksOn = (state: State, repository: Repository, sha: string): SimCheckRun[] =>
  [...state.checkRuns.values()].filter((check) => check.repository === repository && check.headSha === sha);

function commit(state: State, repository: Repository, sha: string): string {
  const runs = [...state.runs.values()].filter((run) => run.repository === repository && run.headSha === sha);
  const checks = checksOn(state, repository, sha);
  const list = [...checks.map(checkLine), ...runs.flatMap(jobsOf).map(jobLine)];
  return shell(
    `Checks of ${repository.fullName} at ${sha.slice(0, 12)}`,
    `<ul class="checks">${list.join('')}</ul>${checks.map(checkBody).join('')}`,
  );
}

const MARKS: Readonly<Record<string, string>> = {
  neutral: '<b class="neutral">■</b>',
  success: '<b class="success">✓</b>',
  failure: '<b class="failure">✗</b>',
  cancelled: '<b class="neutral">⊘</b>',
};
const PENDING = '<b class="pending">●</b>';

/** GitHub shows a check's title beside its name. */
const checkLine = ({ name, conclusion, status, output }: SimCheckRun): string =>
  `<li>${MARKS[conclusion ?? ''] ?? PENDING} <strong>${escaped(name)}</strong> <span class="title">${escaped(output.title ?? status)}</span></li>`;

const jobLine = ({ plan, run, status, conclusion }: SimJob): string =>
  `<li>${MARKS[conclusion ?? ''] ?? PENDING} <strong>${escaped(`${run.workflow} / ${plan.name} (${run.event})`)}</strong> <span class="title">${conclusion ?? status}</span></li>`;

const checkBody = ({ name, output, completedAtMs }: SimCheckRun): string =>
  `<section><h2>${escaped(name)}</h2><h3>${escaped(output.title ?? '')}</h3><div class="markdown">${rendered(output.summary ?? '')}</div><p class="when">${completedAtMs === null ? '' : `said at ${new Date(completedAtMs).toISOString()}`}</p></section>`;

const STYLE = `body{font:14px/1.5 -apple-system,"Segoe UI",sans-serif;color:#1f2328;margin:2rem auto;max-width:66rem;padding:0 1rem}
h1{font-size:20px}h2{font-size:16px;border-top:1px solid #d1d9e0;padding-top:1rem}h3{font-size:15px;font-weight:600}
ul.checks{list-style:none;padding:0;border:1px solid #d1d9e0;border-radius:6px}.checks li{padding:8px 16px;border-top:1px solid #d1d9e0}
.checks li:first-child{border:0}.title{color:#59636e}.neutral{color:#59636e}.success{color:#1a7f37}.failure{color:#cf222e}.pending{color:#9a6700}
table{border-collapse:collapse}th,td{border:1px solid #d1d9e0;padding:6px 13px;text-align:left;vertical-align:top}.when{color:#59636e;font-size:12px}`;

const shell = (title: string, body: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style><h1>${escaped(title)}</h1>${body}`;
