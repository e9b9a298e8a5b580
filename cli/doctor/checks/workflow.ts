/** Whether the workflow of `control.deployFrom` would be let in: GitHub's root certificate against those that were deployed. */
import { namesOf } from '../../../infra/names.ts';
import { fingerprintsOf } from '../../../shared/github-trust.ts';
import { findStackId, templateOf } from '../../shared/stacks.ts';
import { GITHUB_ISSUER_HOST } from '../../shared/workflow-trust.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

export const WORKFLOW_CHECK: Check = { name: 'workflow', needs: ['credentials', 'configuration'], look };

interface Provider {
  readonly Properties?: { readonly Fingerprints?: readonly string[] };
}

async function look(world: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const { alibaba, config } = world;
  const { region, deployFrom } = config.control;
  if (deployFrom === null || deployFrom.provider !== null)
    return [ok('nothing of ours: no workflow deploys, or by a provider that the account had')];
  const stacks = { alibaba, sleep: async () => undefined };
  const stackId = await findStackId(stacks, { stackName: namesOf(config).controlStack, region });
  const { Resources = {} } = stackId === null ? {} : await templateOf(stacks, region, stackId);
  const trusted = (Resources.GitHubProvider as Provider | undefined)?.Properties?.Fingerprints;
  if (trusted === undefined) return [wrong('its provider is not deployed', 'run npm run deploy')];
  const root = await world.rootOf(GITHUB_ISSUER_HOST);
  if (root === null)
    return [warning(`${GITHUB_ISSUER_HOST} could not be reached from here`, 'look again from elsewhere')];
  const held = new Set(trusted.map((each) => each.toLowerCase()));
  const missing = fingerprintsOf(root).filter((each) => !held.has(each));
  if (held.has(root) && missing.length === 0) return [ok('GitHub’s root certificates are trusted')];
  if (held.has(root))
    return [
      warning(
        `GitHub’s root certificate of today is trusted, but not ${missing.join(', ')}, to which GitHub may turn: RAM would refuse the workflow then`,
        'run npm run deploy by hand: a workflow cannot',
      ),
    ];
  return [
    wrong(
      `GitHub’s tokens are vouched for by the root ${root}, which was not deployed: RAM refuses them (PublicKeyFingerprintMismatch)`,
      'run npm run deploy by hand: a workflow cannot',
    ),
  ];
}
