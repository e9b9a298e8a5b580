/** The ids of what was made, put into the operator's own `runners.yaml`. */
import { expect, test } from 'vitest';
import { withNetwork } from '../../../../cli/deploy/ids.ts';
import type { Config } from '../../../../shared/config/config.ts';
import { parseYaml } from '../../../../shared/config/parse.ts';

const TWICE = `repositories: { allow: [ my-org/* ] }
placements:
  - region: cn-hangzhou # ours
    network: &net { cidr: 10.88.0.0/16 }
    zones: &zones { h: vsw-pending }
    securityGroup: sg-pending
  - region: cn-shanghai
    network: *net
    zones: *zones
    securityGroup: sg-pending
`;

function parsed(text: string): Config {
  const found = parseYaml(text);
  if (found.kind === 'wrong') throw new Error(found.mistakes.join('\n'));
  return found.config;
}

const made = (place: string) => ({
  ...{ VpcId: `vpc-${place}`, SecurityGroupId: `sg-${place}`, VSwitchIdH: `vsw-${place}` },
});

test('zones that two placements share by an alias become each one’s own', () => {
  const config = parsed(TWICE);
  const first = withNetwork(TWICE, config, 'cn-hangzhou', made('hz'));
  const text = withNetwork(first, config, 'cn-shanghai', made('sh'));
  expect(
    parsed(text).placements.map(({ zones, securityGroup, vpc }) => ({ zones, securityGroup, vpc })),
  ).toEqual([
    { zones: { h: 'vsw-hz' }, securityGroup: 'sg-hz', vpc: 'vpc-hz' },
    { zones: { h: 'vsw-sh' }, securityGroup: 'sg-sh', vpc: 'vpc-sh' },
  ]);
  expect(text).toContain('# ours');
});
