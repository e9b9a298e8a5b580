/** What a deploy leaves behind, as doctor expects it. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTION_KINDS, namesOf } from '../../../infra/names.ts';
import { permissionsOf } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import type { Config } from '../../../shared/config/config.ts';
import type { ManagementState } from '../../../simulator/management/index.ts';

export const ACCOUNT = '1234567890123456';
export const REGION = 'cn-hangzhou';
export const WEBHOOK_URL = 'https://webhook.cn-hongkong.fcapp.run';

/** What a release is a hash of. */
export function build(): string {
  const root = mkdtempSync(join(tmpdir(), 'doctor-'));
  writeFileSync(join(root, 'package.json'), '{"version":"0.1.0"}');
  for (const kind of FUNCTION_KINDS) {
    mkdirSync(join(root, 'dist', kind), { recursive: true });
    writeFileSync(join(root, 'dist', kind, 'index.mjs'), kind);
  }
  return root;
}

export function deploy(state: ManagementState, config: Config, release: string): void {
  const names = namesOf(config);
  for (const kind of FUNCTION_KINDS) {
    const document = policyDocument(permissionsOf(kind, { config, accountId: ACCOUNT, secrets: {} }));
    state.roles.set(names.roleOf(kind), { policies: new Map([[names.roleOf(kind), document]]) });
    state.functions.set(names.functionOf(kind), {
      description: release,
      role: names.roleOf(kind),
      timeout: 9,
      memorySize: 512,
      code: Buffer.from(kind),
      environmentVariables: {},
      triggers: [],
      onFailure: kind === 'launcher' ? `acs:fc:cn-hongkong:${ACCOUNT}:functions/ci-reaper` : null,
      versions: [],
    });
  }
  const timer = { name: 'timer', type: 'timer', url: null } as const;
  state.functions
    .get('ci-webhook')
    ?.triggers.push({ name: 'github', type: 'http', config: { authType: 'anonymous' }, url: WEBHOOK_URL });
  for (const name of ['ci-reaper', 'ci-mirror'])
    state.functions.get(name)?.triggers.push({ ...timer, config: { enable: true } });
  for (const [zone, id] of Object.entries(config.placements[0]?.zones ?? {}))
    state.vSwitches.set(id, {
      vpc: `vpc-${REGION}`,
      zone: `${REGION}-${zone}`,
      freeIps: 4000,
      region: REGION,
    });
  const drop = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(
    (cidr) => ({ direction: 'egress', policy: 'Drop', cidr, priority: '10' }) as const,
  );
  state.groups.set(`sg-${REGION}`, { region: REGION, innerAccess: 'Drop', rules: [...drop] });
  state.quotas.set('max-postpaid-instance-vcpu-count', '5000');
  state.quotas.set('max-spot-instance-vcpu-count', '5000');
}
