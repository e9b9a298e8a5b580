/** Who has runners of no use is told once, with what it may be. */
import { alertOnce } from '../../../shared/alert-once.ts';
import type { Ending, JobEntry } from '../../../shared/ledger/entries.ts';
import { placeOf, runnerGroupOf, targetOf } from '../../../shared/names.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';
import { type Waste, wordsOf } from './endings.ts';
import { WASTED_ALERT_MIN } from './limits.ts';
import { commonEnding, type Streak } from './streak.ts';

/** One job's runners: from the third on, and again when it gets no further one. */
export async function tellOfJob(entry: JobEntry, last: Waste, world: ReaperWorld): Promise<void> {
  const { job, wasted = 0, obstacle } = entry;
  if (wasted < WASTED_ALERT_MIN) return;
  const { ending, version = null } = last;
  const what = `The job ${job.id} of ${job.repository} had ${wasted} runners of no use, the last one because ${wordsOf(ending, version)}.`;
  const cause = `Likely cause: ${causeOf(ending, last, world)}.`;
  if (obstacle !== 'cap') return alertOnce(`wasted-${job.repository}`, `${what} ${cause}`, world);
  const next = `It gets no further one until something about it changes: fix that and deploy, or cancel its run at GitHub and run it again. npm run explain -- ${job.id}`;
  await alertOnce(`capped-${job.repository}`, `${what} ${cause} ${next}`, world);
}

/** Many jobs' runners. `fresh`: of this sweep. */
export async function tellOfBrake(
  streak: Streak,
  fresh: readonly Waste[],
  seen: Pick<Survey, 'silentTargets'>,
  world: ReaperWorld,
): Promise<void> {
  const { wastes } = streak;
  const count = (of: (waste: (typeof wastes)[number]) => unknown) => new Set(wastes.map(of)).size;
  const what = `${wastes.length} runners of ${count(({ job }) => job)} jobs in ${count(({ repository }) => repository)} repositories ended without a job, and none got one meanwhile.`;
  const last = wastes.at(-1);
  const ending = commonEnding(streak);
  const ofThese = fresh.findLast((each) => each.ending === ending);
  const cause = isGitHubSilent(streak, seen, world)
    ? 'GitHub is down, or refuses us (https://www.githubstatus.com)'
    : `${causeOf(ending, ofThese, world)} (most often ${wordsOf(ending, last?.version)})`;
  const next = `Launches are held back to one at a time until a runner gets a job; then all go on. npm run explain -- ${last?.job ?? 'JOB'}`;
  world.log('brake.engaged', { runners: wastes.length, jobs: count(({ job }) => job), ending });
  await alertOnce(`brake-${ending.replaceAll(' ', '-')}`, `${what} Likely cause: ${cause}. ${next}`, world);
}

/** Where most of these runners register: another owner's silence, or a list that moved, says nothing of them. */
const isGitHubSilent = (
  { wastes }: Streak,
  { silentTargets }: Pick<Survey, 'silentTargets'>,
  { config }: ReaperWorld,
): boolean => {
  const silent = wastes.filter(({ repository }) =>
    silentTargets.has(placeOf(targetOf({ repository, installationId: null }, config))),
  );
  return 2 * silent.length > wastes.length;
};

const RECLAIMED = 'the spot market takes its machines back; more zones or types, or on-demand, help';
const DELETED = 'somebody beside us deletes its machines; ActionTrail says who';

function causeOf(ending: Ending, waste: Waste | undefined, { config }: ReaperWorld): string {
  switch (ending) {
    case 'gone':
      return waste?.runner.candidate?.capacityType === 'on-demand' ? DELETED : RECLAIMED;
    case 'taken back':
      return RECLAIMED;
    case 'stopped in its boot':
    case 'never online':
      return 'the image does not boot, or the network reaches neither GitHub nor the mirror';
    case 'version refused':
      return `GitHub refuses the runner version ${waste?.version ?? 'in use'}; run: npm run mirror`;
    case 'stopped':
    case 'offline':
      return 'GitHub turns the runner away, or is in trouble (https://www.githubstatus.com)';
    case 'given nothing':
    case 'ended':
      if (config.github.scope === 'repository')
        return 'GitHub hands out no jobs (https://www.githubstatus.com)';
      return `the runner group ${runnerGroupOf({ isPublic: waste?.job.entry.job.isPublic === true }, config)} does not serve the repository, or GitHub hands out no jobs (https://www.githubstatus.com)`;
  }
}
