/** Whether GitHub's calls were enough for the jobs of the last days, by what the sweep noted. */
import { CALLS_PER_JOB } from '../../../shared/github-limits.ts';
import type { GitHubNote } from '../../../shared/github-note.ts';
import { type Check, type CheckOutcome, ok, warning } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';
import { ownersOf } from './github.ts';

/** Eighths of an even pace: at half of one and below, looks and deletions had to wait for launches. */
const LOW_LEVEL = 4;

export const GITHUB_CALLS_CHECK: Check = {
  name: 'GitHub calls',
  needs: ['sweeps', 'App installation'],
  async look(world) {
    const findings: CheckOutcome[] = [];
    for (const owner of ownersOf(world)) findings.push(await ofOwner(owner, world));
    return findings;
  },
};

async function ofOwner(owner: string, { gitHubNote }: DoctorWorld): Promise<CheckOutcome> {
  const note = await gitHubNote(owner);
  if (note === null || note.limit === null)
    return warning(
      `${owner}: no sweep has noted what GitHub allows`,
      'run doctor again after the next sweep',
    );
  return judged(owner, note.limit, note.lows);
}

function judged(owner: string, limit: number, lows: GitHubNote['lows']): CheckOutcome {
  const days = Object.entries(lows);
  const short = days.filter(([, level]) => level <= LOW_LEVEL).map(([day]) => day);
  const least = Math.min(8, ...days.map(([, level]) => level));
  const knee = Math.floor(limit / CALLS_PER_JOB / 100) * 100;
  const seen = `${owner}: ${limit} calls an hour, enough for about ${knee} jobs; in ${days.length} days`;
  if (short.length === 0) return ok(`${seen} never under ${percent(least)} of an even pace`);
  return warning(
    `${seen} down to ${percent(least)} of an even pace (${short.join(', ')}): looks and deletions waited for launches`,
    'if this goes on, move some repositories to an organisation, and a deployment, of their own',
  );
}

const percent = (level: number): string => `${Math.round((level / 8) * 100)} %`;
