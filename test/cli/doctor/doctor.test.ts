import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CAPACITY_CHECKS } from '../../../cli/doctor/checks/capacity.ts';
import { NETWORK_CHECKS } from '../../../cli/doctor/checks/network.ts';
import { examine, exitCodeOf, type Finding, type Level } from '../../../cli/doctor/finding.ts';
import { CHECKS, endOf, formatFinding } from '../../../cli/doctor/index.ts';
import { operatingWords } from '../../../shared/words/operating.ts';
import { ACCOUNT_FAULTS } from './account-faults.ts';
import { DEPLOYED_FROM, FAULTS, SELF_DESTRUCT } from './faults.ts';
import { type Healthy, healthy } from './healthy.ts';

/** Four words on end. */
const ENGLISH = /(?:[a-z’']{2,} ){3}[a-z’']{2,}/i;
/** What a service or the network said of itself. */
const THEIR_WORDS = /InvalidAccessKeyId|SignatureDoesNotMatch|TableStore: /;

let here: Healthy;
afterEach(() => here.close());

/** What could not be looked at, too; but not what was passed over because of it. */
const notWell = (findings: readonly Finding[]) =>
  findings.filter(({ level, text }) => level !== 'ok' && !/^skipped|is not measured/.test(text));

describe('doctor', () => {
  test('finds nothing where everything is well', async () => {
    here = await healthy();
    const findings = await examine(CHECKS, here.world());
    expect(notWell(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(CHECKS.map(({ name }) => name));
    expect(exitCodeOf(findings)).toBe(0);
  });

  test.each([...FAULTS, ...ACCOUNT_FAULTS])('finds %s, and nothing else', async (...row) => {
    const [, level, says, fault, advice = /.{6}/] = row;
    here = await healthy(fault.options);
    await fault.breakIt?.(here);
    const world = here.world(fault.config?.(here.config));
    await fault.afterDeploy?.(here);
    const findings = await examine(CHECKS, world);
    expect(notWell(findings).map(({ check, text }) => `${check}: ${text}`)).toEqual([
      expect.stringMatching(says),
    ]);
    expect(notWell(findings)[0]?.level).toBe(level);
    expect(notWell(findings)[0]?.advice).toMatch(advice);
    const inChinese = findings.map((one) => formatFinding(one, operatingWords('zh-CN')));
    expect(inChinese.filter((line) => ENGLISH.test(line) && !THEIR_WORDS.test(line))).toEqual([]);
    expect(exitCodeOf(findings)).toBe(level === 'wrong' ? 1 : 0);
  });

  test('finds nothing wrong with the roles of a workflow and of a machine, and tells when the latter is gone', async () => {
    here = await healthy();
    const { ramRoles } = here.ecs.region('cn-hangzhou').network;
    ramRoles.add('ci-self');
    const changes = { ...DEPLOYED_FROM(here.config), ...SELF_DESTRUCT(here.config) };
    expect(notWell(await examine(CHECKS, here.world(changes)))).toEqual([]);
    const world = here.world(changes);
    here.management.roles.delete('ci-self');
    ramRoles.delete('ci-self');
    expect(notWell(await examine(CHECKS, world)).map(({ check, text }) => `${check}: ${text}`)).toEqual([
      'permissions: role ci-self does not exist',
      'launch: cn-hangzhou: a launch would be refused with InvalidRamRole.NotFound',
    ]);
  });

  test('finds private networks shut that are shut in parts, and open where runners.yaml says so', async () => {
    here = await healthy();
    const rules = here.management.groups.get('sg-cn-hangzhou')?.rules ?? [];
    const rule = { direction: 'egress', policy: 'Drop', priority: '5' } as const;
    rules.splice(0, 1, { ...rule, cidr: '10.0.0.0/9' }, { ...rule, cidr: '10.128.0.0/9' });
    rules.push({ ...rule, policy: 'Accept', cidr: '0.0.0.0/0', priority: '100' });
    rules.push({ ...rule, policy: 'Accept', cidr: '10.1.0.0/16', priority: '1' });
    const network = { cidr: '10.88.0.0/16', allowPrivate: ['10.1.0.0/16'] };
    const placements = here.config.placements.map((one) => ({ ...one, network }));
    const findings = await examine(NETWORK_CHECKS, here.world({ placements } as never));
    expect(notWell(findings)).toEqual([]);
  });

  test('takes a type by its name, an open range and an encrypting account for what they are', async () => {
    here = await healthy();
    const asked: Readonly<Record<string, string>>[] = [];
    const changed = {
      defaults: { ...here.config.defaults, cpu: '8+', diskEncryption: 'default' },
      profiles: { named: { arch: 'arm64', type: 'ecs.c8y.4xlarge' }, wide: { cpu: '10-40' } },
    };
    const world = here.world(changed as never);
    const rpc: typeof world.alibaba.rpc = async (service, region, action, query, form) => {
      if (action === 'RunInstances') asked.push(query ?? {});
      return world.alibaba.rpc(service, region, action, query, form);
    };
    const findings = await examine(CAPACITY_CHECKS, { ...world, alibaba: { ...world.alibaba, rpc } });
    expect(notWell(findings)).toEqual([]);
    expect(asked[0]).toMatchObject({
      ...{ DryRun: 'true', HttpTokens: 'required', 'SystemDisk.Encrypted': 'true' },
      ...{ 'SystemDisk.Category': 'cloud_essd', 'SystemDisk.PerformanceLevel': 'PL0' },
    });
  });

  test('says of a placement where nothing was in stock that no launch was tried there, and of no other', async () => {
    here = await healthy();
    const elsewhere = {
      ...{ region: 'cn-beijing', vpc: null, zones: { h: 'vsw-bj' }, securityGroup: 'sg-bj' },
      ...{ keyPair: null, resourceGroup: null, mirrorBucket: null, proxy: null },
    };
    const world = here.world({ placements: [...here.config.placements, elsewhere] } as never);
    const rpc: typeof world.alibaba.rpc = async (service, region, action, query, form) => {
      const answer = await world.alibaba.rpc(service, region, action, query, form);
      const isSoldOut = region === 'cn-beijing' && action === 'DescribeAvailableResource';
      return isSoldOut ? { ...answer, AvailableZones: { AvailableZone: [] } } : answer;
    };
    const launch = CAPACITY_CHECKS.find(({ name }) => name === 'launch');
    const said = (await launch?.look({ ...world, alibaba: { ...world.alibaba, rpc } })) ?? [];
    expect(said.map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'unknown: cn-beijing: no launch was tried, because nothing that jobs ask for is in stock there',
      'ok: ECS would take one in cn-hangzhou',
    ]);
  });

  test.each([
    ['GET /app/installations', 'App installation'],
    ['GET /app/hook/config', 'webhook'],
    ['GET /app/hook/deliveries', 'deliveries'],
    ['GET /orgs/{org}/actions/runner-groups', 'runner group'],
    ['GET /orgs/{org}/actions/runner-groups/{runner_group_id}/repositories', 'runner group'],
    ['GET /repos/{owner}/{repo}/releases', 'runner version'],
  ])('takes GitHub’s failure at %s for no more than it is', async (broken, check) => {
    here = await healthy();
    const world = here.world();
    const github: typeof world.github = async (route, params, auth) =>
      route === broken
        ? { status: 502, headers: {}, data: '<html>Bad gateway</html>' }
        : world.github(route, params, auth);
    expect(notWell(await examine(CHECKS, { ...world, github }))).toEqual([
      {
        ...{ check, level: 'wrong', advice: expect.stringContaining('again') },
        text: `GitHub answered 502 to ${broken}: <html>Bad gateway</html>`,
      },
    ]);
  });

  test('looks at Alibaba Cloud though GitHub is out of reach', async () => {
    here = await healthy();
    const github = () => Promise.reject(new Error('connect ECONNREFUSED'));
    const findings = await examine(CHECKS, { ...here.world(), github });
    const seen = findings.filter(({ level }) => level === 'ok').map(({ check }) => check);
    expect(seen).toEqual(expect.arrayContaining(['credentials', 'permissions', 'ledger', 'functions']));
  });

  test('asks again what has failed', async () => {
    here = await healthy();
    const { alibaba } = here.world();
    const ask = () => alibaba.rpc('ecs', 'cn-hangzhou', 'DescribeAccountAttributes');
    here.denied.add('ecs:DescribeAccountAttributes');
    await expect(ask()).rejects.toThrow('was refused');
    here.denied.clear();
    expect(await ask()).toHaveProperty('AccountAttributeItems');
  });

  test('changes nothing', async () => {
    here = await healthy();
    const before = JSON.stringify([...here.management.functions, ...here.management.roles]);
    here.management.calls.length = 0;
    await examine(CHECKS, here.world());
    const verbs = here.management.calls.map((action) => action.split(':')[1] ?? '');
    expect(verbs.filter((verb) => !/^(Get|List|Describe|RunInstances|InvokeFunction)/.test(verb))).toEqual(
      [],
    );
    expect(JSON.stringify([...here.management.functions, ...here.management.roles])).toBe(before);
    expect(here.ecs.alive()).toEqual([]);
    expect(
      [...here.github.calls.keys()].filter(
        (route) => !/^(GET|PATCH \/app\/hook|POST .*access_tokens)/.test(route),
      ),
    ).toEqual([]);
  });
});

describe('a line', () => {
  beforeEach(async () => {
    here = await healthy();
  });
  test('says what is so and what to do', () => {
    const finding = { check: 'quota', level: 'warning', text: 'too small', advice: 'ask for more' } as const;
    expect(formatFinding(finding, operatingWords('en'))).toMatch(
      /warning.* quota: too small.* → ask for more/,
    );
  });

  test('says that all is well only when all was looked at', () => {
    const one = (level: Level) => ({ check: 'quota', level, text: '', advice: null });
    expect(endOf([one('ok')])).toContain('all is well');
    expect(endOf([one('ok'), one('unknown')])).toMatch(/1 not looked at: .* nothing is known/);
    expect(endOf([one('warning'), one('unknown')])).not.toContain('can wait');
  });
});
