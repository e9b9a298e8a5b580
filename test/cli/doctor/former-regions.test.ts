/** A region that was taken out of runners.yaml: the rights that are left there are told as what they are. */
import { afterEach, expect, test } from 'vitest';
import { ROLES_CHECK } from '../../../cli/doctor/checks/roles.ts';
import { permissionsOf } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import { REGION_KEPT_MS } from '../../../shared/limits.ts';
import { ACCOUNT } from './deployed.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

const ROLE = 'ci-runner-reaper';

/** As a deploy makes it while something may live there. */
function keepRights({ management, config }: Healthy): void {
  const scope = { config, accountId: ACCOUNT, secrets: {}, formerRegions: ['cn-beijing'] };
  const document = structuredClone(policyDocument(permissionsOf('reaper', scope)));
  management.roles.get(ROLE)?.policies.set(ROLE, document);
}

const said = async () => (await ROLES_CHECK.look(here.world())).map(({ level, text }) => `${level}: ${text}`);
const used = (atMs: number) => here.note('regions', `cn-beijing=${atMs} cn-hangzhou=${Date.now()}`);

test('what may live there is why the rights are there, and that is said with its end', async () => {
  here = await healthy();
  const lastMs = Date.now() - 3_600_000;
  await used(lastMs);
  keepRights(here);
  const day = new Date(lastMs + REGION_KEPT_MS).toISOString().slice(0, 10);
  expect(await said()).toEqual([
    'ok: each role may exactly what it needs, and is taken by no other',
    `ok: cn-beijing: no placement any more. What was launched there may live until ${day}, so the reaper keeps its rights there; a deploy after that takes them away.`,
  ]);
});

test('without its rights there the reaper could end nothing of that: they are missed', async () => {
  here = await healthy();
  await used(Date.now());
  const [first] = await said();
  expect(first).toMatch(/^wrong: role ci-runner-reaper may not ecs:\w+ on acs:ecs:cn-beijing:/);
});

test('when nothing of ours is left there, they go with the next deploy', async () => {
  here = await healthy();
  await used(Date.now() - REGION_KEPT_MS - 1);
  keepRights(here);
  expect(await said()).toEqual([
    `warning: role ${ROLE} has rights in cn-beijing, where there is no placement, and nothing of ours is left`,
  ]);
});

test('a ledger that cannot be read says neither', async () => {
  here = await healthy();
  keepRights(here);
  here.tablestore.faults = (call) => (call.operation === 'GetRow' ? 'lost-before' : null);
  expect(await said()).toEqual([
    `unknown: role ${ROLE} has rights in cn-beijing, where there is no placement: the ledger could not be read for what lives on there`,
  ]);
});
