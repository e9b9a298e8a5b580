/** Who comes from dianplus' action finds each of its inputs and outputs, with what to write instead, or why nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Of its action.yml, v1.3.0 (commit 8668b15); the zones between a and z are one row. */
const THEIRS = [
  'aliyun_access_key_id',
  'aliyun_access_key_secret',
  'aliyun_region_id',
  'aliyun_vpc_id',
  'aliyun_security_group_id',
  'aliyun_image_id',
  'aliyun_image_family',
  'aliyun_key_pair_name',
  'aliyun_ecs_self_destruct_role_name',
  'github_token',
  'runner_labels',
  'runner_version',
  'runner_wait_timeout',
  'aliyun_instance_type',
  'arch',
  'min_cpu',
  'min_mem',
  'max_cpu',
  'max_mem',
  'instance_ttl_minutes',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'vswitch_id_a',
  'vswitch_id_z',
  'instance_id',
  'runner_name',
  'runner_online',
  'cpu_cores',
];

test.each(['docs/migrate-from-dianplus.md', 'docs/zh-CN/migrate-from-dianplus.md'])('%s', (page) => {
  const rows = readFileSync(join(import.meta.dirname, '../..', page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const answered = new Map(
    rows.flatMap(([, names = '', here = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name as string, here] as const),
    ),
  );
  expect(THEIRS.filter((name) => (answered.get(name) ?? '').length < 3)).toEqual([]);
  expect([...answered.keys()].filter((name) => !THEIRS.includes(name))).toEqual([]);
});
