/** Which runner a person asked for: pure. */
import type { Config } from '../../shared/config/config.ts';
import { parseLabels, whyNotAllowed } from '../../shared/job/labels.ts';
import { type Pool, parsePools } from '../../shared/warm/pools.ts';
import { whatIsWrong } from '../lint/check.ts';

export interface Asked {
  /** Base labels may be left out. */
  readonly labels: readonly string[];
  /** owner/name; null: it is not said. */
  readonly repository: string | null;
}

export type CreatePlan =
  | { readonly kind: 'pool'; readonly pool: Pool }
  /** One sentence each. */
  | { readonly kind: 'refused'; readonly because: readonly string[] };

/** Refused as a job with these labels would be, in the words of `lint`. */
export function planOf({ labels, repository }: Asked, config: Config): CreatePlan {
  const all = [...new Set([...config.baseLabels, ...labels])];
  const wrong = whatIsWrong(all, config).map(({ because }) => because);
  if (wrong.length > 0) return { kind: 'refused', because: wrong };
  const objection = repository === null ? null : whyNotFor(repository, all, config);
  if (objection !== null) return { kind: 'refused', because: [objection] };
  const parsed = parsePools({ ...ONCE, labels: all, repositories: repositoriesIn(repository) }, config);
  if (parsed.kind === 'wrong')
    return { kind: 'refused', because: [repository === null ? SAY_WHICH : parsed.because] };
  const [pool, other] = parsed.pools;
  return pool === undefined || other !== undefined
    ? { kind: 'refused', because: [SAY_WHICH] }
    : { kind: 'pool', pool };
}

const ONCE = { hot: 1, stopped: 0, when: null, timeZone: 'UTC' };

const SAY_WHICH =
  'runners.yaml allows more than one place where it could register: say --repository OWNER/NAME';

const repositoriesIn = (repository: string | null) => (repository === null ? null : [repository]);

function whyNotFor(repository: string, labels: readonly string[], config: Config): string | null {
  const objection = whyNotAllowed({ repository, isPublic: false }, config);
  if (objection !== null) return `${repository}: ${objection}`;
  const parsed = parseLabels(labels, repository, config);
  return parsed.kind === 'refused' ? parsed.because : null;
}
