/** What authors were told on commits: at the end, each attempt of a run has one check at the most, and only ours have. */
import { AWAY, isAllowed } from '../plan/arrivals.ts';
import type { Simulation } from '../plan/simulation.ts';
import { createSecrets } from './secrets.ts';
import type { Report } from './truth.ts';

export function checkCommits({ world, runs, plan }: Simulation, report: Report): void {
  const secrets = createSecrets(report);
  const asksForUs = new Set(
    runs.filter(({ arrival }) => arrival.fate !== 'foreign').map(({ run }) => run.headSha),
  );
  const seen = new Set<string>();
  for (const { externalId, repository, headSha, output, detailsUrl } of world.github.checkRuns()) {
    const where = `${repository.fullName} ${externalId}`;
    if (seen.has(where)) report('one check for each attempt of a run', where);
    seen.add(where);
    // What was told before its repository went away goes with it.
    const isOurs = isAllowed(repository.fullName) || repository.fullName === AWAY;
    if (!isOurs || !asksForUs.has(headSha)) report('nobody else is told anything', where);
    secrets.line('check', { ...output });
    if (plan.wide.isOwnHost && `${detailsUrl} ${JSON.stringify(output)}`.includes('//github.com/acme'))
      report('links lead to where the organisation is', where);
  }
}
