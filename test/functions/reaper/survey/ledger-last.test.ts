/** An entry precedes its registration and its instance: so the ledger is read after both, or what is just being launched looks like nobody's. */
import { expect, test } from 'vitest';
import { survey } from '../../../../functions/reaper/survey/survey.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { completeList, openReaper } from '../fixture.ts';
import { machine } from '../repair/diagnose-rows.ts';

test.each(['registered', 'launched'] as const)(
  'a runner that is %s while the sweep looks has its entry in the survey',
  async (what) => {
    const entry = build.runnerEntry(1);
    const { name } = entry;
    const launch = () => each.world.ledger.runners.add(name, entry);
    const each = openReaper({
      github: {
        async registrations() {
          if (what === 'registered') await launch();
          const found = { id: 9, name, isOnline: false, isBusy: false, labels: [] };
          return what === 'registered' ? completeList(found) : completeList();
        },
      },
      instances: {
        async list() {
          if (what === 'launched') await launch();
          return what === 'launched' ? completeList(machine({ name })) : completeList();
        },
        find: async () => [],
      },
    });
    const seen = await survey(each.world);
    expect([...seen.registrations, ...seen.instances].map((one) => one.name)).toEqual([name]);
    expect(seen.runners.map((held) => held.entry.name)).toEqual([name]);
  },
);
