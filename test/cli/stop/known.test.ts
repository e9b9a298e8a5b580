/** A mark on a name that means nothing would stop nothing, and say that it did. */
import { expect, test } from 'vitest';
import { main } from '../../../cli/stop/index.ts';
import { isKnown } from '../../../cli/stop/known.ts';
import { openReaper } from '../../functions/reaper/fixture.ts';
import { build } from '../../shared/ledger/builders.ts';

test.each(['acme/*', 'app', 'acme/app/x', 'acme/ app', ''])(
  'stop -- --repository %j is a mistake in its use',
  async (repository) => {
    expect(await main(['--repository', repository, '--yes'])).toBe(2);
  },
);

test('a repository is known by the allow-list, by what runs or waits, and by what ever did', async () => {
  const { world } = openReaper({ config: { repositories: { allow: ['acme/exact', 'acme/*'] } } });
  const { ledger } = world;
  await ledger.jobs.add(1 as never, build.jobEntry(1, { job: build.job(1, { repository: 'acme/waits' }) }));
  const runs = build.runnerEntry('2-1', { repository: 'acme/runs' });
  await ledger.runners.add(runs.name, runs);
  const once = JSON.stringify([{ repository: 'acme/once', installationId: 1, seenAtMs: 0 }]);
  await ledger.notes.add('repositories', { text: once, untilMs: null });
  for (const name of ['acme/exact', 'ACME/Waits', 'acme/runs', 'acme/once'])
    expect(await isKnown(name, world), name).toBe(true);
  for (const name of ['acme/ap', 'acme/exac', 'other/exact'])
    expect(await isKnown(name, world), name).toBe(false);
});
