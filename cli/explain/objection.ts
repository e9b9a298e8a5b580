/** Why we would not act on a job: asked of the very rules that webhook and launcher follow. */
import { decide } from '../../functions/webhook/decide.ts';
import { whyNever } from '../../shared/advisor/never.ts';
import { codeIn, forkLookUp } from '../../shared/job/forks.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import { readMarkets } from '../../shared/market/read.ts';
import type { Job, JobRecord } from '../../shared/nouns.ts';
import type { GitHub } from '../../shared/ports.ts';
import type { Operator } from '../shared/operator.ts';

export interface Objection {
  /** Lower-case clause that completes "because …". */
  readonly because: string;
  readonly advice: string;
}

export async function objectionTo(
  job: Job,
  record: JobRecord | null,
  { config, github, ledger, clock, log }: Operator,
): Promise<Objection | null> {
  const isGated = record?.status === 'waiting';
  const decision = decide({ kind: 'event', event: { kind: 'queued', job, delivery: '' }, isGated }, config);
  if (decision.kind === 'ignore' || decision.kind === 'refuse' || decision.kind === 'reject')
    return { because: decision.because, advice: isGated ? APPROVE : adviceOn(job, config) };
  const understood = parseLabels(job.labels, job.repository, config);
  if (understood.kind === 'refused')
    return {
      because: understood.because,
      advice: 'Fix runs-on in the workflow, and run it again. What labels there are: docs/configure.md',
    };
  if (understood.kind === 'ours') {
    const markets = await readMarkets(config, ledger.market, log);
    const never = whyNever(understood.requirements, config, markets, clock.nowMs());
    if (never !== null)
      return { because: never, advice: 'Fix runs-on in the workflow (or the profile), and run it again.' };
  }
  const codeOf: GitHub['codeOf'] = async (target, repository, id) =>
    codeIn(await github.run(target, repository, id));
  const stranger = await forkLookUp(config, { codeOf })(job).catch(() => null);
  return stranger === null
    ? null
    : {
        because: stranger,
        advice: 'Allow forks with repositories.forks, knowing that a fork may run anything.',
      };
}

const APPROVE = 'Approve the environment at GitHub.';

function adviceOn(job: Job, { baseLabels, repositories }: Operator['config']): string {
  const given = new Set(job.labels.map((label) => label.toLowerCase()));
  const missing = baseLabels.filter((label) => !given.has(label.toLowerCase()));
  if (missing.length > 0)
    return `It is somebody else's, unless runs-on was to have ${missing.join(' and ')} too.`;
  if (job.isPublic && repositories.public === 'refuse')
    return 'Set repositories.public: allow in runners.yaml, knowing that anybody can open a pull request there, and deploy.';
  return `Add ${job.repository} under repositories.allow in runners.yaml, and deploy.`;
}
