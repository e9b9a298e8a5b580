/** Who comes from dianplus/cloud-instance-github-runner finds each of its inputs and outputs (action.yml, v1.3.0). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/migrate-from-dianplus.md'), 'utf8');

const INPUTS = `
  aliyun_access_key_id aliyun_access_key_secret aliyun_region_id aliyun_vpc_id aliyun_security_group_id
  aliyun_image_id aliyun_image_family aliyun_key_pair_name aliyun_ecs_self_destruct_role_name github_token
  runner_labels runner_version runner_wait_timeout aliyun_instance_type arch min_cpu max_cpu min_mem max_mem
  instance_ttl_minutes http_proxy https_proxy no_proxy vswitch_id_a vswitch_id_z`;
const OUTPUTS = 'instance_id runner_name runner_online cpu_cores';

/** Names in the first column of the table under a heading, with something said about each. */
function told(heading: string): string[] {
  const table = PAGE.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '';
  return table.split('\n').flatMap((line) => {
    const [, names = '', here = ''] = line.split('|');
    return here.trim().length > 3
      ? [...names.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name as string)
      : [];
  });
}

test.each([
  ['Inputs', INPUTS],
  ['Outputs', OUTPUTS],
])('%s: each has its equivalent here, or a reason', (heading, names) => {
  expect(told(heading).sort()).toEqual(names.trim().split(/\s+/).sort());
});
