/** The empty account at a pace for tests, and what its jobs are waited for with. */
import { leftovers } from '../../cli/start/leftovers.ts';
import { ledgerOn } from '../../shared/adapters/tablestore/ledger.ts';
import { type EmptyAccount, openEmptyAccount } from '../../simulator/empty-account/index.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';

export interface QuickAccount {
  readonly account: EmptyAccount;
  /** What the functions have printed. */
  readonly logged: string[];
  until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void>;
  sweep(): Promise<void>;
  /** Resolves when it ran and nothing of it is left. */
  runJob(name: string): Promise<void>;
}

const QUICK = {
  pendingMs: [10, 20],
  startingMs: [10, 20],
  stoppingMs: [10, 20],
  deletingMs: [10, 20],
  listLagMs: [0, 0],
  findLagMs: [0, 0],
} as const;

export async function openQuickAccount(folder: string): Promise<QuickAccount> {
  const logged: string[] = [];
  const account = await openEmptyAccount({
    folder,
    organization: 'acme',
    onLine: (_name, line) => logged.push(line),
    github: { behaviour: { assignMs: [1, 10], deliveryMs: [1, 10] } },
    boots: { bootMs: [50, 100], stopMs: 10 },
    ecs: { soldOut: 0, delays: QUICK },
  });
  const until: QuickAccount['until'] = async (isSo, what) => {
    const endMs = Date.now() + 20_000;
    while (!(await isSo())) {
      if (Date.now() > endMs) throw new Error(`not so in time: ${what}\n${logged.slice(-20).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    ...{ account, logged, until },
    sweep: () => sweep(account),
    async runJob(name) {
      const plan = { name, labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 200 };
      const [job] = account.github.jobsOf(account.github.queueRun({ repository: 'acme/app', jobs: [plan] }));
      await until(() => job?.conclusion === 'success', `${name} ran`);
      await until(async () => {
        await sweep(account);
        return (await leftovers(account)).length === 0;
      }, `nothing is left of ${name}`);
    },
  };
}

/** Now, as if the last one were long ago. */
async function sweep({ store, fc }: EmptyAccount): Promise<void> {
  const tables = { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') };
  const { notes } = ledgerOn(tables, () => 'the last sweep');
  const last = await notes.read('sweep');
  if (last?.entry.untilMs === 0) await notes.replace('sweep', last, { text: '0 0 0', untilMs: 0 });
  await fc.invokeSync('ci-reaper', Buffer.from('{"triggerName":"sweep","payload":"sweep"}'));
}
