/** What set-up looks at once the App is there. */
import { expect, test } from 'vitest';
import { confirmInstallation } from '../../../cli/setup/finish.ts';
import type { Answers } from '../../../cli/setup/progress.ts';
import type { SetupWorld } from '../../../cli/setup/world.ts';

/** GitHub docs, "List installations for the authenticated app": an enterprise has a slug, and no login. */
const INSTALLATIONS = [
  { id: 5, account: { id: 1, slug: 'acme-inc', name: 'Acme' }, target_type: 'Enterprise' },
  { id: 6, account: { id: 2, login: 'Acme' }, target_type: 'Organization' },
];

test('the App’s installation at an enterprise is not taken for the owner’s, nor for a mistake', async () => {
  const written: object[] = [];
  const progress = {
    read: () => ({ app: { url: 'https://github.com/apps/ci' }, isInstalled: false }),
    write: (some: object) => written.push(some),
  };
  const github = () => async () => ({ status: 200, headers: {}, data: INSTALLATIONS });
  const world = { progress, github } as unknown as SetupWorld;
  const answers = { owner: 'acme', scope: 'repository' } as Answers;
  expect(await confirmInstallation(answers, world)).toBe(true);
  expect(written).toEqual([{ isInstalled: true }]);
});

test('for repositories the App is of whoever was signed in, and of nobody else to install before it is public', async () => {
  const said: string[] = [];
  const progress = { read: () => ({ app: { url: 'https://github.com/apps/ci' }, isInstalled: false }) };
  const github = () => async () => ({ status: 200, headers: {}, data: [] });
  const ask = { confirm: async () => false };
  const world = { progress, github, ask, say: (line: string) => said.push(line) } as unknown as SetupWorld;
  expect(await confirmInstallation({ owner: 'acme', scope: 'repository' } as Answers, world)).toBe(false);
  expect(said[1]).toBe(
    'Where GitHub offers no acme there: the App is of who made it, and private; make it public in its settings, “Advanced”.',
  );
  said.length = 0;
  expect(await confirmInstallation({ owner: 'acme', scope: 'organization' } as Answers, world)).toBe(false);
  expect(said).toEqual([
    'Install it: https://github.com/apps/ci/installations/new',
    expect.stringMatching(/^Left/),
  ]);
});
