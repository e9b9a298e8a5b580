import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readDotEnv } from '../../../cli/shared/dot-env.ts';
import { parseYaml } from '../../../shared/config/parse.ts';
import { createApp } from './by-hand.ts';
import { deployed, Interrupted, type Operator, operator, PEM, WEBHOOK_URL } from './operator.ts';

let here: Operator;
afterEach(() => here.close());

describe('interrupted', () => {
  const PLACES = [
    'A short name',
    'Where the App’s key',
    'Where runners run',
    'This is runners.yaml',
    'runners.yaml is written',
    'Open http',
    'PutSecretValue',
    'CreateSecret',
    'UpdateSecretParameter',
    'CreateSecretParameter',
    'The App ',
    'Install it',
    'It is not installed',
    'The runner group',
    'Deploy now?',
    'deploy',
    'GitHub delivers to',
    'Waiting for the first',
  ];

  test.each(PLACES)('at “%s”, and begun again, it ends the same with one App', async (place) => {
    here = await operator();
    if (place.endsWith('Parameter')) here.answers.set('Where the App’s key', 'oos');
    here.interruptAt = place;
    await expect(here.run()).rejects.toThrow(Interrupted);
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.pages.made).toHaveLength(1);
    expect(here.management.secrets.get('ci-runner-private-key')).toBe(PEM);
    expect(readDotEnv(here.root).GITHUB_APP_ID).toBe('42');
    expect(here.fileOf('.setup.json')).not.toContain('PRIVATE KEY');
  });

  test.each(['', '{"answers": ', '{"answers": {"name": 7}}'])(
    'with .setup.json as %j it says what to do',
    async (text) => {
      here = await operator();
      writeFileSync(join(here.root, '.setup.json'), text);
      await expect(here.run()).rejects.toThrow(
        '.setup.json is not what npm run setup wrote: look whether it holds the key of an App',
      );
      expect(here.pages.made).toEqual([]);
    },
  );

  test('counts no delivery that was taken before it asked for one', async () => {
    here = await operator();
    expect(await here.run()).toBe(0);
    const pings = () => here.github.calls.get('POST /app/hook/deliveries/{id}/attempts') ?? 0;
    const before = pings();
    expect(await here.run()).toBe(0);
    expect(pings()).toBeGreaterThan(before);
  });

  test('run again when all was set up, it makes no second App, and tells GitHub of a new address', async () => {
    here = await operator();
    expect(await here.run()).toBe(0);
    const asked = here.said.length;
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.said.slice(asked)).toContain(`GitHub delivers to ${WEBHOOK_URL}.`);
    expect(here.pages.made).toHaveLength(1);
  });

  test.each([
    ['kms', 'ci-runner-private-key'],
    ['oos', 'ci-runner-webhook-secret'],
  ])('keeps nothing in %s over what another folder’s deployment holds as %s', async (store, name) => {
    here = await operator();
    here.answers.set('Where the App’s key', store);
    here.management.secrets.set(name, 'of the deployment that runs');
    here.answers.set(name, false);
    expect(await here.run()).toBe(1);
    expect(here.management.secrets).toEqual(new Map([[name, 'of the deployment that runs']]));
    expect(here.pages.made).toEqual([]);
    here.answers.set(name, true);
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.management.secrets.get('ci-runner-private-key')).toBe(PEM);
  });

  test('between GitHub’s answer and its keeping, the key waits in a file of its owner alone', async () => {
    here = await operator();
    here.interruptAt = 'PutSecretValue';
    await expect(here.run()).rejects.toThrow(Interrupted);
    expect(here.fileOf('.setup.json')).toContain('PRIVATE KEY');
    expect(here.modeOf('.setup.json')).toBe('600');
  });
});

describe('the page', () => {
  test('answers this machine alone, and posts to GitHub alone', async () => {
    here = await operator();
    const seen: (number | string | null)[] = [];
    here.browse = async (url) => {
      const page = await fetch(url);
      seen.push(page.headers.get('content-security-policy'), (await fetch(url, { method: 'POST' })).status);
      seen.push((await fetch(new URL('/nothing', url))).status);
      return createApp(url);
    };
    expect(await here.run()).toBe(0);
    expect(seen[0]).toContain(`form-action ${here.pages.origin};`);
    expect(seen.slice(1)).toEqual([405, 404]);
  });
});

describe('runners.yaml', () => {
  const BROUGHT = {
    ALIYUN_REGION_ID: 'cn-beijing',
    ALIYUN_VPC_ID: 'vpc-2ze1',
    ALIYUN_SECURITY_GROUP_ID: 'sg-2ze1',
    ALIYUN_VSWITCH_ID_H: 'vsw-2zeh',
    ALIYUN_VSWITCH_ID_L: 'vsw-2zel',
    ALIYUN_KEY_PAIR_NAME: 'admin',
  };

  test('takes the network that users of dianplus’ action have in their environment', async () => {
    here = await operator({ environment: BROUGHT });
    expect(await here.run()).toBe(0);
    expect(parse(here.fileOf('runners.yaml') ?? '').placements).toEqual([
      {
        region: 'cn-beijing',
        vpc: 'vpc-2ze1',
        zones: { h: 'vsw-2zeh', l: 'vsw-2zel' },
        securityGroup: 'sg-2ze1',
        keyPair: 'admin',
      },
    ]);
    expect(parseYaml(here.fileOf('runners.yaml') ?? '').kind).toBe('ok');
  });

  test('asks for zones that the region has', async () => {
    here = await operator();
    here.answers.set('Zones of', 'b,x');
    await expect(here.run()).rejects.toThrow('b,x is refused: letters out of b, h, k');
  });

  test('is asked for anew with all that may still change, where the App is there already', async () => {
    here = await operator();
    expect(await here.run()).toBe(0);
    rmSync(join(here.root, 'runners.yaml'));
    here.answers.set('This is runners.yaml', ['all', 'write']);
    here.answers.set('Will runners be', 'elsewhere');
    here.answers.set('Repositories that get', 'my-org/app, my-org/kernel');
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.said.join('\n')).toContain('The App is there already: its owner my-org, the name ci');
    const written = parse(here.fileOf('runners.yaml') ?? '');
    expect(written.repositories.allow).toEqual(['my-org/app', 'my-org/kernel']);
    expect(written.placements[0].region).toBe('cn-hongkong');
    expect(here.pages.made).toHaveLength(1);
  });

  test('that is there already stays as it is', async () => {
    here = await operator();
    const mine =
      'repositories: {allow: [my-org/app]}\nplacements: [{region: cn-hangzhou, zones: {b: vsw-1a}, securityGroup: sg-1a}]\n';
    writeFileSync(join(here.root, 'runners.yaml'), mine);
    expect(await here.run()).toBe(0);
    expect(here.fileOf('runners.yaml')).toBe(mine);
  });
});

test('who deploys later sets the webhook’s address with the next run', async () => {
  here = await operator();
  here.answers.set('Deploy now?', false);
  expect(await here.run()).toBe(1);
  deployed(here.management);
  expect(await here.run(), here.said.join('\n')).toBe(0);
  expect(here.said).toContain(`GitHub delivers to ${WEBHOOK_URL}.`);
});
