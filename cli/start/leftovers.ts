/** What is still there when nothing should be but runners that wait for jobs: each as one line. */
import { ledgerOn } from '../../shared/adapters/tablestore/ledger.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
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
  const waiting = runners.things.map(({ entry }) => entry).filter(isWaiting);
  const names = new Set<string>(waiting.map(({ name }) => name));
  const isKept = ({ name }: { readonly name: string }) => names.has(name);
  const machines = new Set(waiting.map(({ instanceId }) => instanceId));
  return [
    ...ecs
      .alive()
      .filter(({ id }) => !machines.has(id))
      .map(({ id }) => `the instance ${id}`),
    ...github
      .runners()
      .filter((each) => !isKept(each))
      .map(({ name }) => `the registration of ${name}`),
    ...jobs.things.map(({ entry }) => `the ledger’s entry of job ${entry.job.id}: ${entry.because}`),
    ...runners.things
      .filter(({ entry }) => !isKept(entry))
      .map(({ entry }) => `the ledger’s entry of runner ${entry.name}: ${entry.state}`),
    ...view.slots.filter((each) => !isKept(each)).map(({ name }) => `the slot of ${name}`),
  ];
}

const isWaiting = ({ warm, for: meantFor, state }: RunnerEntry): boolean =>
  warm !== undefined &&
  meantFor === null &&
  (state === 'idle' || state === 'booting' || state === 'launching');
