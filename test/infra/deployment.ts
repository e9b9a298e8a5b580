/** Deployments to try the infrastructure on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Found, synthesise, type Template } from '../../infra/app.ts';
import type { Scope } from '../../infra/policies.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse.ts';

export const SECRETS: Scope['secrets'] = {
  webhook: ['kms:ci-hook'],
  launcher: ['kms:ci-key'],
  reaper: ['kms:ci-key'],
  mirror: ['kms:ci-key'],
};

export function configOf(changes: Record<string, unknown> = {}): Config {
  const parsed = parseConfig({
    repositories: { allow: ['my-org/*'] },
    placements: [MADE, BROUGHT],
    ...changes,
  });
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  return parsed.config;
}

export const MADE = {
  region: 'cn-hangzhou',
  network: { cidr: '10.88.0.0/16', allowPrivate: ['10.1.0.0/16'] },
  zones: { b: 'vsw-pending', k: 'vsw-pending' },
  securityGroup: 'sg-pending',
  mirrorBucket: 'my-org-ci-mirror',
};
export const BROUGHT = {
  region: 'cn-beijing',
  zones: { h: 'vsw-2zeabc' },
  securityGroup: 'sg-2zeabc',
  keyPair: 'admin-key',
};

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export function templatesOf(
  config: Config,
  secrets: Scope['secrets'] = SECRETS,
  found: Found = {},
): Template[] {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    return synthesise(config, secrets, outdir, found);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export const resourcesOf = ({ body }: Template): Resource[] =>
  Object.values((body as { Resources: Record<string, Resource> }).Resources);

export const ofType = (templates: readonly Template[], type: string): Resource[] =>
  templates.flatMap(resourcesOf).filter((each) => each.Type === type);

/** Everything that can be asked for at once. */
export const FULL = configOf({
  control: {
    fixedAddress: { cidr: '10.89.0.0/24', zone: 'b' },
    deployFrom: { repository: 'my-org/infra', branch: 'release' },
  },
  selfDestruct: { roleName: 'ci-self-destruct' },
});

export interface Statement {
  Effect: string;
  Action: string[] | string;
  Resource?: unknown;
  Condition?: unknown;
}
export const statementsOf = (role: { Properties: Readonly<Record<string, unknown>> }): Statement[] =>
  (role.Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
