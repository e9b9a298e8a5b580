/** What is still there when nothing should be: each as one line. */
import { ledgerOn } from '../../shared/adapters/tablestore/ledger.ts';
import type { Loopback } from '../../simulator/loopback.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';

export async function leftovers({
  store,
  ecs,
  github,
}: Pick<Loopback, 'store' | 'ecs' | 'github'>): Promise<string[]> {
  const ledger = ledgerOn(
    { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') },
    () => 'reads-only',
  );
  const [jobs, runners, view] = await Promise.all([
    ledger.jobs.list(1000),
    ledger.runners.list(1000),
    ledger.capacity.view(),
  ]);
  return [
    ...ecs.alive().map(({ id }) => `the instance ${id}`),
    ...github.runners().map(({ name }) => `the registration of ${name}`),
    ...jobs.things.map(({ entry }) => `the ledger’s entry of job ${entry.job.id}: ${entry.because}`),
    ...runners.things.map(({ entry }) => `the ledger’s entry of runner ${entry.name}: ${entry.state}`),
    ...view.slots.map(({ name }) => `the slot of ${name}`),
  ];
}
