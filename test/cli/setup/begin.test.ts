/** What set-up says and looks at before it asks, and what one may take back. */
import { afterEach, describe, expect, test } from 'vitest';
import { begin } from '../../../cli/setup/begin.ts';
import type { SetupWorld } from '../../../cli/setup/world.ts';
import { ownInstanceName } from '../../../infra/names.ts';
import { AlibabaRefusal } from '../../../shared/adapters/alibaba/call.ts';
import { parseYaml } from '../../../shared/config/parse.ts';
import { type Operator, operator } from './operator.ts';

let here: Operator | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

async function setUp(
  answers: Record<string, string | string[]> = {},
  environment: Record<string, string> = {},
) {
  here = await operator({ environment });
  for (const [question, answer] of Object.entries(answers)) here.answers.set(question, answer);
  expect(await here.run(), here.said.join('\n')).toBe(0);
  const parsed = parseYaml(here.fileOf('runners.yaml') ?? '');
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join());
  return { config: parsed.config, said: here.said.join('\n'), operator: here };
}

describe('first', () => {
  test('it says what will happen, how long, and what it costs while no job runs', async () => {
    const { operator: ours } = await setUp();
    expect(ours.said.slice(0, 4).join('\n')).toMatch(
      /Half an hour[\s\S]*Ctrl-C[\s\S]*USD 25 a month[\s\S]*31 elsewhere[\s\S]*public-ip/,
    );
    expect(ours.said[4]).toMatch(/^Alibaba Cloud: account 1234567890123456, as /);
  });

  test('without credentials of Alibaba Cloud nothing is asked, and nothing made at GitHub', async () => {
    const accessKey = async () => {
      throw new Error('no credentials of Alibaba Cloud were found');
    };
    here = await operator({ accessKey });
    here.interruptAt = 'A short name';
    await expect(here.run()).rejects.toThrow('no credentials of Alibaba Cloud');
    expect(here.interruptAt).toBe('A short name');
    expect(here.pages.made).toEqual([]);
  });
});

const refusal = (code: string) => new AlibabaRefusal('Action', code, 403);

function worldWith(refused: Record<string, Error>, goOn = false) {
  const said: string[] = [];
  const world = {
    progress: { read: () => ({ answers: null }) },
    variables: {},
    say: (line: string) => void said.push(line),
    ask: { confirm: async () => goOn },
    alibaba: {
      rpc: async (_service: string, _region: string, action: string) => {
        if (refused[action] !== undefined) throw refused[action];
        return { AccountId: '1', Arn: 'acs:ram::1:user/me' };
      },
    },
  } as unknown as SetupWorld;
  return { world, said };
}

test('a key that Alibaba Cloud does not take is told as that', async () => {
  const { world } = worldWith({ GetCallerIdentity: refusal('InvalidAccessKeyId.NotFound') });
  await expect(begin(world)).rejects.toThrow(/does not take this access key[\s\S]*npm run setup again/);
});

test('what the identity may not do is said before GitHub is asked for anything', async () => {
  const { world, said } = worldWith({ ListStacks: refusal('NoPermission') });
  await expect(begin(world)).rejects.toThrow('with an identity that may');
  expect(said.at(-1)).toContain('ros:ListStacks');
  const brave = worldWith({ ListStacks: refusal('NoPermission') }, true);
  await begin(brave.world);
});

test('a look that failed for another reason proves nothing', async () => {
  const { world, said } = worldWith({ DescribeZones: refusal('ServiceUnavailable') });
  await begin(world);
  expect(said.at(-1)).toContain('as acs:ram::1:user/me');
});

test.each(['ci', 'a-long-name1', 'gateway', 'ci-ots-x'])(
  'the ledger of %s gets a name that is this account’s, and that the service takes',
  (name) => {
    const instance = ownInstanceName(name, '1234567890163017');
    expect(instance).toMatch(/^(?!.*(?:ali|ay|ots|taobao|admin))[a-z][a-z0-9-]{1,14}[a-z0-9]$/);
    expect(instance.endsWith('63017')).toBe(true);
    expect(ownInstanceName(name, '1234567890163018')).not.toBe(instance);
    // Nor is it another deployment's of the account, whose name begins alike.
    expect(ownInstanceName(`${name.slice(0, 11)}z`, '1234567890163017')).not.toBe(instance);
  },
);

describe('mainland China', () => {
  test('gets a bucket for the runner, and a mirror of Docker Hub where there is one', async () => {
    const { config } = await setUp({ 'A mirror of Docker Hub': 'https://mirror.example' });
    expect(config.placements[0]).toMatchObject({
      region: 'cn-hangzhou',
      mirrorBucket: 'ci-runner-my-org-cn-hangzhou',
    });
    expect(config.defaults.registryMirror).toBe('https://mirror.example');
    expect(config.control.region).toBe('cn-hongkong');
    expect(config.control.tablestoreInstance).toBe(ownInstanceName('ci', '1234567890123456'));
  });

  test('is not asked about elsewhere, and runners are near the functions', async () => {
    const { config } = await setUp({
      'Will runners be': 'elsewhere',
      'Where the functions': 'another',
      'Its name': 'eu-central-1',
    });
    expect(config.control.region).toBe('eu-central-1');
    expect(config.placements[0]).toMatchObject({ region: 'eu-central-1', mirrorBucket: null });
  });

  test('a misspelt region is told', async () => {
    here = await operator();
    here.answers.set('Where runners run', 'cn-hangzou');
    await expect(here.run()).rejects.toThrow('is cn-hangzhou meant?');
  });
});

describe('one may go back', () => {
  test('to where runners run', async () => {
    const { config } = await setUp({
      'This is runners.yaml': ['network', 'write'],
      'Zones of': ['b', 'h,k'],
    });
    expect(Object.keys(config.placements[0]?.zones ?? {})).toEqual(['h', 'k']);
  });

  test('and to all of it', async () => {
    const { config, operator: ours } = await setUp({
      'This is runners.yaml': ['all', 'write'],
      'Repositories that get': ['my-org/*', 'my-org/app'],
    });
    expect(config.repositories.allow).toEqual(['my-org/app']);
    expect(JSON.parse(ours.fileOf('.setup.json') ?? '').answers.allow).toEqual(['my-org/app']);
  });
});

describe('the runner group', () => {
  test('is made, and found the next time', async () => {
    const { said, operator: ours } = await setUp();
    expect(said).toContain('The runner group ci-runners is made at my-org: for my-org/*');
    const before = ours.said.length;
    expect(await ours.run()).toBe(0);
    expect(ours.said.slice(before).join()).toContain('The runner group ci-runners is there');
  });

  test('of repositories that nobody sees is left to a person', async () => {
    const { said } = await setUp({ 'Repositories that get': 'my-org/unheard-of' });
    expect(said).toContain('Make a runner group ci-runners in the organisation’s settings');
  });
});

describe('variables of dianplus’ action', () => {
  const NETWORK = {
    ALIYUN_REGION_ID: 'cn-hangzhou',
    ALIYUN_SECURITY_GROUP_ID: 'sg-1a',
    ALIYUN_VSWITCH_ID_B: 'vsw-1a',
  };

  test('for images and for machines that delete themselves are read, and leave the other architecture', async () => {
    const { config } = await setUp(
      {},
      { ...NETWORK, ALIYUN_ARM64_IMAGE_ID: 'm-arm1', ALIYUN_ECS_SELF_DESTRUCT_ROLE_NAME: 'EcsSelfDestruct' },
    );
    expect(config.images).toMatchObject({
      amd64: { family: 'acs:ubuntu_24_04_x64' },
      arm64: { id: 'm-arm1' },
    });
    expect(config.selfDestruct.roleName).toBe('EcsSelfDestruct');
  });

  test('of half a network are not passed over in silence', async () => {
    const { said } = await setUp({}, { ALIYUN_REGION_ID: 'cn-hangzhou', ALIYUN_VSWITCH_ID_B: 'vsw-1a' });
    expect(said).toContain(
      'A network of yours is named in part, and not used: ALIYUN_SECURITY_GROUP_ID is not set',
    );
  });
});

test('it ends with what to paste', async () => {
  const { said } = await setUp();
  expect(said).toMatch(
    /All is set up. In a workflow of my-org\/\*:\n\njobs:\n {2}first:\n {4}runs-on: \[self-hosted, aliyun, arm64\]/,
  );
});
