import { afterEach, describe, expect, test } from 'vitest';
import { readDotEnv } from '../../../cli/shared/dot-env.ts';
import { parseYaml } from '../../../shared/config/parse.ts';
import { createApp } from './by-hand.ts';
import { type Operator, operator, PEM, WEBHOOK_SECRET } from './operator.ts';

let here: Operator;
afterEach(() => here.close());

const pingsOf = ({ github }: Operator) => github.deliveries.filter(({ event }) => event === 'ping');

describe('from nothing', () => {
  test('to the first delivery, in one go', async () => {
    here = await operator();
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(readDotEnv(here.root)).toEqual({
      GITHUB_APP_ID: '42',
      GITHUB_PRIVATE_KEY: 'kms:ci-runner-private-key',
      WEBHOOK_SECRET: 'kms:ci-runner-webhook-secret',
    });
    expect(here.management.secrets).toEqual(
      new Map([
        ['ci-runner-private-key', PEM],
        ['ci-runner-webhook-secret', WEBHOOK_SECRET],
      ]),
    );
    expect(parseYaml(here.fileOf('runners.yaml') ?? '')).toMatchObject({
      kind: 'ok',
      config: { name: 'ci' },
    });
    expect(pingsOf(here).map(({ statusCode }) => statusCode)).toEqual([404, 204]);
    expect(here.fileOf('.setup.json')).not.toMatch(/PRIVATE KEY|made-by-github/);
  });

  test('asks GitHub for no more than is needed', async () => {
    here = await operator();
    await here.run();
    expect(here.pages.made).toMatchObject([
      {
        name: 'ci-runners-my-org',
        public: false,
        default_permissions: {
          actions: 'write',
          checks: 'write',
          metadata: 'read',
          organization_self_hosted_runners: 'write',
        },
        default_events: ['workflow_job'],
      },
    ]);
  });

  test('asks for the right of repositories where runners register there', async () => {
    here = await operator();
    here.answers.set('Where runners register', 'repository').set('The owner', 'my-org');
    expect(await here.run()).toBe(0);
    expect(here.pages.made[0]?.default_permissions).toEqual({
      actions: 'write',
      checks: 'write',
      metadata: 'read',
      administration: 'write',
    });
  });
});

describe('where the secrets are kept', () => {
  test('in files that only their owner reads, and that git ignores', async () => {
    here = await operator();
    here.answers.set('Where the App’s key', 'file');
    expect(await here.run()).toBe(0);
    expect(here.fileOf('ci-runner-private-key.pem')?.trim()).toBe(PEM.trim());
    expect(here.modeOf('ci-runner-private-key.pem')).toBe('600');
    expect(here.modeOf('.env')).toBe('600');
    expect(readDotEnv(here.root).WEBHOOK_SECRET).toBe('file:ci-runner-webhook-secret.pem');
  });

  test('in OOS, where the operator takes it that functions may read every KMS secret', async () => {
    here = await operator();
    here.answers.set('Where the App’s key', 'oos');
    expect(await here.run()).toBe(0);
    expect(readDotEnv(here.root).GITHUB_PRIVATE_KEY).toBe('oos:ci-runner-private-key');
    expect(here.management.secrets.get('ci-runner-webhook-secret')).toBe(WEBHOOK_SECRET);
  });

  test('nowhere else: neither said, nor left behind', async () => {
    here = await operator();
    await here.run();
    const seen = `${here.said.join()}${here.fileOf('.env')}${here.fileOf('runners.yaml')}`;
    expect(seen).not.toContain('PRIVATE KEY-----');
    expect(seen).not.toContain(WEBHOOK_SECRET);
  });
});

describe('what goes wrong at GitHub', () => {
  test('a name that is taken is asked for again, by GitHub', async () => {
    here = await operator({ takenNames: ['ci-runners-my-org'] });
    here.browse = async (url) => {
      const refused = await createApp(url);
      expect(await refused.text()).toContain('Name is already taken');
      return createApp(url, { name: 'our-own-runners' });
    };
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.pages.made.map(({ name }) => name)).toEqual(['our-own-runners']);
  });

  test('another state is refused, and the wait goes on', async () => {
    here = await operator();
    here.browse = async (url) => {
      const refused = await createApp(url, { state: 'somebody-else' });
      expect([refused.status, await refused.text()]).toEqual([
        400,
        expect.stringContaining('not the answer to our question'),
      ]);
      return createApp(url);
    };
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.said.filter((line) => line.includes('AssertionError'))).toEqual([]);
  });

  test('an App of another owner is refused, and nothing of it is kept', async () => {
    here = await operator({ organizations: ['my-org', 'evil-org'] });
    here.browse = async (url) => {
      const evil = (page: string) => page.replace('/organizations/my-org/', '/organizations/evil-org/');
      const refused = await createApp(url, { page: evil });
      expect([refused.status, await refused.text()]).toEqual([
        409,
        expect.stringContaining('belongs to somebody else'),
      ]);
      expect(here.fileOf('.setup.json')).not.toContain('PRIVATE KEY');
      return createApp(url);
    };
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.said.filter((line) => line.includes('AssertionError'))).toEqual([]);
  });

  test('who does not know the page’s address does not get its state', async () => {
    here = await operator();
    here.browse = async (url) => {
      for (const path of ['/', '/x', `${new URL(url).pathname}x`]) {
        const hidden = await fetch(new URL(path, url));
        expect([hidden.status, await hidden.text()]).toEqual([
          404,
          expect.not.stringContaining(stateIn(here)),
        ]);
      }
      return createApp(url);
    };
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.said.filter((line) => line.includes('AssertionError'))).toEqual([]);
  });

  test('a code whose hour is over is told, and the next one taken', async () => {
    here = await operator();
    here.isNextCodeLate = true;
    here.browse = async (url) => {
      const refused = await createApp(url);
      expect([refused.status, await refused.text()]).toEqual([
        410,
        expect.stringContaining('does not know this code'),
      ]);
      return createApp(url);
    };
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.said.filter((line) => line.includes('AssertionError'))).toEqual([]);
  });

  test('a person who may not make Apps sees GitHub’s page, and may come back later', async () => {
    here = await operator({ organizations: [] });
    let seen = 0;
    here.browse = async (url) => {
      seen = (await createApp(url)).status;
      const empty = await fetch(new URL(`/callback?state=${stateIn(here)}`, url));
      expect([empty.status, await empty.text()]).toEqual([
        400,
        expect.stringContaining('GitHub made no App'),
      ]);
      here.said.push('looked');
    };
    const running = here.run();
    await expect.poll(() => here.said.includes('looked'), { timeout: 5000 }).toBe(true);
    expect(seen).toBe(404);
    await expect(Promise.race([running, Promise.resolve('waits')])).resolves.toBe('waits');
  });

  test('an App that is not installed is waited for', async () => {
    here = await operator();
    here.answers.set('It is not installed', false);
    expect(await here.run()).toBe(1);
    here.answers.delete('It is not installed');
    expect(await here.run(), here.said.join('\n')).toBe(0);
    expect(here.pages.made).toHaveLength(1);
  });
});

const stateIn = ({ fileOf }: Operator) =>
  (JSON.parse(fileOf('.setup.json') ?? '{}') as { state: string }).state;
