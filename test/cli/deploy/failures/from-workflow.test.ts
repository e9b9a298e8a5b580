/** Deploying as docs/install.md tells it of a workflow: by the role that a deploy made, with references and no key. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { githubAsApp } from '../../../../cli/doctor/real-world.ts';
import type { GitHubRequest } from '../../../../shared/adapters/github/request.ts';
import { type DeployAccount, deployAccount, VARIABLES } from '../account.ts';

const KEY = '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n';
const DEPLOY_FROM = 'deployFrom: { repository: my-org/infra, branch: main }';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
  here.write(here.yaml().replace(/# deployFrom:.*$/m, DEPLOY_FROM));
  here.github = byHand;
});
afterEach(() => here.close());

/** The operator's own GitHub, who has the key. */
const byHand: GitHubRequest = async (route) => {
  const data = route.endsWith('installation')
    ? { id: 7 }
    : { id: 22, full_name: 'my-org/infra', owner: { id: 11 } };
  return { status: 200, headers: {}, data };
};

/** From here on by the rights that the deployed role has, and GitHub as the App, whose key is asked for as it is kept. */
function becomeWorkflow(): void {
  const control = [...here.management.stacks.values()].find(({ name }) => name.endsWith('-control'));
  const { Resources } = JSON.parse(control?.template ?? '{}');
  const [{ PolicyDocument }] = Resources.RoleDeploy.Properties.Policies;
  const statements = PolicyDocument.Statement as { Effect: string; Action: string[] }[];
  const allowed = new Set(statements.flatMap(({ Action }) => Action));
  // STS docs: whoever has a key may ask whose it is. `s:deploy` is no action.
  here.mayDo = (action) => allowed.has(action) || action === 'sts:GetCallerIdentity';
  here.management.identity = 'assumed-role/ci-runner-deploy/session';
  const { region } = here.config().control;
  here.github = githubAsApp('http://127.0.0.1:9', region, here.variables, here.alibaba, here.root);
  here.said.length = 0;
  here.changes();
}

const launcher = () => here.management.functions.get('ci-launcher');
const subjects = () =>
  [...here.management.stacks.values()].flatMap(({ template }) => template.match(/repo:[^"]+main/g) ?? []);

test.each([
  ['kms', { ...VARIABLES }],
  ['oos', { ...VARIABLES, GITHUB_PRIVATE_KEY: 'oos:ci-key', WEBHOOK_SECRET: 'oos:ci-hook' }],
  ['file', { ...VARIABLES, GITHUB_PRIVATE_KEY: 'file:app.pem' }],
])(
  'new code is deployed by its role where secrets are kept in %s, and who may deploy stays',
  async (_, variables) => {
    here.management.secrets.set('ci-hook', 'kept-in-oos-by-the-operator').set('ci-key', KEY);
    writeFileSync(join(here.root, 'app.pem'), KEY);
    here.variables = variables;
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    const before = { ...launcher()?.environmentVariables };
    const webhook = { ...here.management.functions.get('ci-webhook')?.environmentVariables };
    // Keys stay out of git.
    rmSync(join(here.root, 'app.pem'));
    becomeWorkflow();
    here.source = 'two';
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(new Set(here.changes())).toEqual(new Set(['fc:PublishFunctionVersion', 's:deploy']));
    expect(here.said).toContainEqual(
      expect.stringMatching(/could not be read: .*: which workflow may deploy stays as it is deployed\.$/),
    );
    expect(subjects()).toContain('repo:my-org@11/infra@22:ref:refs/heads/main');
    expect(launcher()?.environmentVariables).toEqual(before);
    expect(here.management.functions.get('ci-webhook')?.environmentVariables).toEqual(webhook);
    expect(here.said.join()).not.toMatch(/BEGIN|kept-in-oos/);
    here.said.length = 0;
    expect(await here.deploy()).toBe(0);
    expect([here.changes(), here.said]).toEqual([[], expect.arrayContaining(['Nothing to change.'])]);
    here.source = 'three';
    await here.deploy();
    await here.rollBack();
  },
);

test('a repository that runners.yaml spells otherwise than GitHub is the one that is deployed', async () => {
  here.write(here.yaml().replace('repository: my-org/infra', 'repository: My-Org/Infra'));
  await here.deploy();
  expect(subjects()).toEqual([
    'repo:my-org/infra:ref:refs/heads/main',
    'repo:my-org@11/infra@22:ref:refs/heads/main',
  ]);
  becomeWorkflow();
  here.source = 'two';
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(subjects()).toContain('repo:my-org@11/infra@22:ref:refs/heads/main');
});

test.each([
  ['capitals in the branch', () => here.write(here.yaml().replace('branch: main', 'branch: Main'))],
  ['another branch', () => here.write(here.yaml().replace('branch: main', 'branch: other'))],
  ['a workflow where none was', () => here.management.stacks.clear()],
])('%s is not taken for what is deployed: it fails, and changes nothing', async (_, change) => {
  await here.deploy();
  becomeWorkflow();
  change();
  await expect(here.deploy()).rejects.toThrow('the secret kms:ci-key could not be read');
  expect(here.changes()).toEqual([]);
});

test.each([
  ['in a store that does not have it', 'oos:gone', /no such parameter|404/],
  ['where the functions hold a reference', 'file:gone.pem', /ENOENT/],
])('a webhook’s secret %s is no reason to keep the one of before', async (_, reference, said) => {
  await here.deploy();
  here.changes();
  here.variables = { ...VARIABLES, WEBHOOK_SECRET: reference };
  await expect(here.deploy()).rejects.toThrow(said);
  expect(here.changes()).toEqual([]);
});
