/** Where GitHub's deliveries come from, as it says now, against what the webhook was told at deploy. */
import * as z from 'zod';
import { namesOf } from '../../../infra/names.ts';
import type { GitHubRequest } from '../../../shared/adapters/github/request.ts';
import { addressRange } from '../../../shared/config/field-types.ts';
import { readGitHub } from '../../shared/read-github.ts';
import { type Check, ok, warning } from '../finding.ts';
import { variablesOf } from './functions.ts';

const Meta = z.object({ hooks: z.array(addressRange).optional() });

/** GitHub docs, "Get GitHub meta information". Empty: it does not say (GitHub Enterprise Server). */
export async function hookRangesAt(github: GitHubRequest): Promise<readonly string[]> {
  const { hooks = [] } = await readGitHub(github, 'GET /meta', {}, 'none', Meta);
  return hooks.toSorted();
}

export const HOOK_RANGES_CHECK: Check = {
  name: 'webhook addresses',
  needs: ['functions'],
  async look(world) {
    const { config, github } = world;
    if (!config.github.hooksOnly) return [ok('any may deliver what is signed (github.hooksOnly: false)')];
    const told = (await variablesOf(world, namesOf(config).functionOf('webhook'))).HOOK_RANGES ?? '';
    const now = (await hookRangesAt(github)).join(',');
    if (now === '')
      return [
        warning('GitHub names no addresses here: the webhook is open to all', 'take github.hooksOnly out'),
      ];
    if (told === now) return [ok(`only GitHub's (${now})`)];
    return [warning('GitHub’s addresses are others than the webhook was told', 'run npm run deploy')];
  },
};
