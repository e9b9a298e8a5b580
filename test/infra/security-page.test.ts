/** docs/security.md is read by whoever reviews a deployment: its table of rights is what infra/policies.ts grants. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { permissionsOf, type Scope } from '../../infra/policies.ts';
import { secretReferences } from '../../infra/secrets.ts';
import { EcsFailure } from '../../shared/adapters/ecs/call.ts';
import { GitHubFailed } from '../../shared/adapters/github/request.ts';
import { HISTORY_TABLE } from '../../shared/adapters/tablestore/tables.ts';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import { RunnersYaml } from '../../shared/config/config.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import { CONSOLE_TAIL_MAX_CHARS } from '../../shared/limits.ts';
import { runnerGroupOf } from '../../shared/names.ts';
import { configOf, MADE } from './deployment.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

/** Everything that can be switched on is: the page tells of what a function may have, at most. */
const config = configOf({
  placements: [{ ...MADE, mirrorBucket: 'ci-mirror' }],
  selfDestruct: { roleName: 'ci-self' },
  images: { arm64: { family: 'acs:ubuntu_24_04_arm64', bake: true } },
  costs: { bill: true },
  warm: [{ labels: ['arm64'], stopped: 1 }],
  control: { fixedAddress: { cidr: '10.89.0.0/24', zone: 'b' } },
});
const secrets = Object.fromEntries(FUNCTION_KINDS.map((kind) => [kind, ['kms:one', 'oos:two']]));
const scope: Scope = { config, accountId: '12', secrets };

/** `ots:GetRow PutRow` is two actions of one service. */
function actionsIn(cell: string): string[] {
  return [...cell.matchAll(/`(\w+):([^`]+)`/g)].flatMap(([, service, names = '']) =>
    names.split(' ').map((name) => `${service}:${name}`),
  );
}

function told(kind: FunctionKind): Set<string> {
  const table = PAGE.slice(PAGE.indexOf('## Rights of the functions'), PAGE.indexOf('None may change'));
  const rows = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return new Set(
    rows.flatMap(([, role, may = '']) => (role === kind || role === 'each' ? actionsIn(may) : [])),
  );
}

test.each(FUNCTION_KINDS)('the page names each action of %s, and none that it has not', (kind) => {
  const granted = new Set(permissionsOf(kind, scope).map(({ action }) => action));
  expect([...told(kind)].sort()).toEqual([...granted].sort());
});

const SCRIPTS = readUserDataScripts(join(ROOT, 'userdata'));
const DEFAULTS = RunnersYaml.parse({ repositories: { allow: ['acme/*'] }, placements: [MADE] });
const resourcesOf = (kind: FunctionKind, action: string, reference: string) =>
  permissionsOf(kind, { ...scope, secrets: { ...secrets, [kind]: [reference] } })
    .filter((permission) => permission.action === action)
    .flatMap(({ resources }) => resources);

const SAID = `denied for ghp_${'a'.repeat(36)} with password=hunter2hunter2 of LTAI5tAbCdEfGhIjKl ${'x'.repeat(500)}`;

/** What a sentence says, and that it is so. A sentence that is changed is looked for here. */
// biome-ignore format: a table reads best as a table.
const sentences: [says: RegExp, isSo: () => boolean][] = [
  [/Public repositories and pull requests of forks are refused by default/, () => DEFAULTS.repositories.public === 'refuse' && DEFAULTS.repositories.forks === 'refuse'],
  [/at neither of its addresses \(100\.100\.100\.200, fd00:100::100:200\)/, () => /ip daddr 100\.100\.100\.200 drop; ip6 daddr fd00:100::100:200 drop;/.test(SCRIPTS.run)],
  [/or as any user but root/, () => /meta skuid 0 accept; meta l4proto ipv6-icmp accept; jump metadata/.test(SCRIPTS.run) && /! --uid-owner 0 --jump DROP/.test(SCRIPTS.run)],
  [/With `defaults\.metadata: closed`/, () => DEFAULTS.defaults.metadata === 'closed'],
  [/There is no role on the machine \(unless you set `selfDestruct\.roleName`/, () => DEFAULTS.selfDestruct.roleName === null],
  [/Runners of public repositories are in a runner group of their own\*\* \(`github\.publicRunnerGroup`\)/, () => runnerGroupOf({ isPublic: true }, DEFAULTS) !== runnerGroupOf({ isPublic: false }, DEFAULTS)],
  [/by what GitHub's own runner tells it/, () => /GITHUB_REPOSITORY/.test(SCRIPTS.jobStarted) && /GITHUB_EVENT_PATH/.test(SCRIPTS.jobStarted)],
  [/not even one with `if: always\(\)`/, () => /pkill --signal INT --full 'Runner\[\.\]Listener'/.test(SCRIPTS.jobStarted)],
  [/hold up to 300 characters of what was answered, without what looks like a secret/, () => [new EcsFailure('Forbidden', 403, SAID), new GitHubFailed('GET /x', 403, SAID)].every(({ message }) => message.includes('denied') && !/ghp_/.test(message) && message.length < 400) && !/hunter2|LTAI5/.test(new EcsFailure('Forbidden', 403, SAID).message)],
  [/`images\.NAME\.bake`: images and snapshots with our deployment tag/, () => permissionsOf('reaper', scope).filter(({ action }) => /:(ModifyImage|DeleteImage$|DeleteSnapshot)/.test(action)).every(({ condition }) => JSON.stringify(condition).includes('acs:ResourceTag/ci-runner-deployment'))],
  [/Every runner's instance has a release time/, () => !PAGE.includes('Every instance has')],
  [/history 90 days/, () => HISTORY_TABLE.timeToLiveS === 90 * 86_400],
  [/the last 2,000 characters of the console/, () => CONSOLE_TAIL_MAX_CHARS === 2_000],
  [/no role has `ecs:TagResources`/, () => FUNCTION_KINDS.every((kind) => permissionsOf(kind, scope).every(({ action }) => !/:(Un)?Tag/.test(action)))],
  [/With `oos:`, every KMS secret of the region; the webhook never/, () => (secretReferences({ WEBHOOK_SECRET: 'oos:one' }).webhook ?? []).length === 0 && resourcesOf('launcher', 'kms:GetSecretValue', 'oos:two').some((each) => each.endsWith('secret/*'))],
  [/Prefer `kms:`, which names each secret/, () => resourcesOf('webhook', 'kms:GetSecretValue', 'kms:one').every((each) => each.endsWith('secret/one'))],
];

test.each(sentences)('the page says %s, and it is so', (says, isSo) => {
  expect(PAGE).toMatch(says);
  expect(isSo()).toBe(true);
});

/** What a review of 0.1 found untrue, word for word: it is not to come back. */
test.each([
  'no secret, no payload',
  'and hold none of a service',
  'A runner of ours that ran a repository outside the allow-list is reported',
  "suspend the App's installation (no more deliveries, tokens end), then `npm run destroy`",
  'None may change rights',
  'stops everything',
  'is asked once for each run',
])('the page does not say: %s', (untrue) => {
  expect(PAGE).not.toContain(untrue);
});

test('each command that stops everything is one of ours, and does what the page says', () => {
  const steps = PAGE.slice(PAGE.indexOf('## If something is wrong'));
  const named = [...steps.matchAll(/`npm run (\w+)/g)].map(([, name = '']) => name);
  expect(named).toEqual(['stop', 'resume', 'destroy']);
  const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
  const command = readFileSync(join(ROOT, 'cli/stop/index.ts'), 'utf8');
  for (const [, option] of steps.matchAll(/`(?:npm run stop -- )?(--\w+)/g))
    expect(command).toContain(`'${option}`);
});
