/** `control.fixedAddress`, for an organisation with an IP allow list: from where the functions call, as they are rendered for a deploy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { FunctionsYaml, renderFunctionsYaml } from '../../infra/functions-yaml.ts';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { permissionsOf } from '../../infra/policies.ts';
import type { SimRequest, SimResponse } from '../../simulator/github/wire.ts';
import { EGRESS, egressOf, type SimFunction } from '../../simulator/management/index.ts';
import { appJwt } from '../shared/adapters/github/jwt.ts';
import { openWorld } from '../world/in-process.ts';
import { APP_ID, PRIVATE_KEY_PEM } from '../world/keys.ts';
import { configOf } from './deployment.ts';

const source = readFileSync(join(import.meta.dirname, '../../s.yaml'), 'utf8');
const ids = { vpc: 'vpc-1a', vSwitch: 'vsw-1a', securityGroup: 'sg-1a' };

/** As Function Compute has it. */
function deployed(fixedAddress: object | null): SimFunction {
  const rendered = renderFunctionsYaml(source, configOf({ control: { fixedAddress } }));
  const { internetAccess, vpcConfig } = FunctionsYaml.parse(parse(rendered)).resources.launcher.props;
  return { internetAccess, vpcConfig } as unknown as SimFunction;
}

test.each([
  ['without one: by Function Compute’s shared addresses', null, 'shared'],
  ['with one: by the NAT gateway', { cidr: '10.89.0.0/24', zone: 'b', ...ids }, 'nat'],
])('%s', (_what, fixedAddress, way) => {
  expect(egressOf(deployed(fixedAddress))).toBe(way);
});

const NETWORK_RIGHTS = [
  ...['Create', 'Delete'].flatMap((verb) => [
    `ecs:${verb}NetworkInterface`,
    `ecs:${verb}NetworkInterfacePermission`,
  ]),
  ...['ecs:DescribeNetworkInterfacePermissions', 'ecs:DescribeNetworkInterfaces'],
  ...['vpc:DescribeVSwitchAttributes', 'vpc:DescribeVpcAttribute'],
].sort();

test.each(FUNCTION_KINDS)(
  'Function Compute may put %s into its network by that role, and only then',
  (kind) => {
    const rights = (fixedAddress: object | null) => {
      const config = configOf({ control: { region: 'cn-hongkong', fixedAddress } });
      return permissionsOf(kind, { config, accountId: '12', secrets: {} }).filter(({ action }) =>
        /NetworkInterface|^vpc:/.test(action),
      );
    };
    expect(rights(null)).toEqual([]);
    const granted = rights({ cidr: '10.89.0.0/24', zone: 'b', ...ids });
    expect(granted.map(({ action }) => action).sort()).toEqual(NETWORK_RIGHTS);
    const narrowed = ['acs:ecs:cn-hongkong:12:*', 'acs:vpc:cn-hongkong:12:*'];
    for (const { resources, implied } of granted)
      expect([resources, implied !== undefined]).toEqual([narrowed, true]);
  },
);

test('GitHub’s allow list takes the calls of an installation from the listed address, and no others', async () => {
  const world = openWorld({});
  const { github, clock } = world;
  const organization = github.addOrganization('walled');
  organization.allowedAddresses = [EGRESS.nat];
  github.addRepository('walled/app');
  const installation = github.install('walled');
  const nowS = Math.floor(clock.nowMs() / 1000);
  const claims = { iat: nowS - 60, exp: nowS + 300, iss: APP_ID };
  const headers = { authorization: `Bearer ${appJwt({ claims, keyPem: PRIVATE_KEY_PEM })}` };
  const path = `/app/installations/${installation.id}/access_tokens`;
  const ask = async (request: SimRequest) => {
    let answer: SimResponse | null = null;
    void github.request(request).then((said) => {
      answer = said;
    });
    await world.until(() => answer !== null, 60_000);
    return answer as unknown as SimResponse;
  };
  const minted = await ask({ method: 'POST', path, headers, body: {}, from: EGRESS.shared });
  expect(minted.status).toBe(201);
  const { token } = minted.body as { token: string };
  const statusFrom = async (way: keyof typeof EGRESS) => {
    const asked = {
      method: 'GET',
      path: '/repos/walled/app/actions/runs',
      headers: { authorization: `token ${token}` },
    };
    return (await ask({ ...asked, from: EGRESS[way] })).status;
  };
  expect(await statusFrom('shared')).toBe(403);
  expect(await statusFrom('nat')).toBe(200);
});
