/** docs/security.md is read by whoever reviews a deployment: its table of rights is what infra/policies.ts grants. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { permissionsOf, type Scope } from '../../infra/policies.ts';
import type { FunctionKind } from '../../shared/config/environment.ts';
import { configOf, MADE } from './deployment.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8');

/** Everything that can be switched on is: the page tells of what a function may have, at most. */
const config = configOf({
  placements: [{ ...MADE, mirrorBucket: 'ci-mirror' }],
  selfDestruct: { roleName: 'ci-self' },
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
