/** Protections that few seeds need, by their names: a test file that fails without each. */
export const NOTICED_BY: Readonly<Record<string, string>> = {
  'the lease of a job': 'test/functions/reaper/brake/capped.test.ts',
  'the lease of a launch, against the sweep': 'test/functions/reaper/repair/diagnose.test.ts',
  'two complete look-ups': 'test/functions/reaper/repair/diagnose.test.ts',
  'time for a late instance to be seen': 'test/functions/reaper/repair/diagnose.test.ts',
  'two complete look-ups, and time for a late instance': 'test/functions/reaper/repair/diagnose.test.ts',
  'deregister before the wait': 'test/functions/reaper/repair/diagnose.test.ts',
  'the pointer moves': 'test/functions/reaper/events/busy-first.test.ts',
  'a last look for a job that names it': 'test/functions/reaper/events/own-launch.test.ts',
  'put, then read history': 'test/functions/launcher/trips.test.ts',
  unwanted: 'test/functions/reaper/events/own-launch.test.ts',
  'what found no offer stands aside': 'test/functions/reaper/rounds/plan.test.ts',
  'what found no offer stands aside, and turns go round': 'test/functions/reaper/rounds/plan.test.ts',
  'slots are in use that the sweep itself has just handed back':
    'test/functions/reaper/rounds/late/backlog.test.ts',
  'those in line are not overtaken': 'test/shared/ledger/contract.test.ts',
  'the pause after a runner of no use': 'test/functions/reaper/brake/decisions.test.ts',
  'the pause after a runner of no use, the cap, and the probe':
    'test/functions/reaper/brake/decisions.test.ts',
  'the cap': 'test/functions/reaper/brake/decisions.test.ts',
  'the probe': 'test/functions/reaper/brake/decisions.test.ts',
  'jobs of a repository that gets nothing are tried one at a time':
    'test/functions/reaper/brake/in-common.test.ts',
  'who goes on is noted until all are told': 'test/functions/reaper/brake/goes-on.test.ts',
  'a check is looked for before one is made': 'test/functions/reaper/rounds/checks/unseen.test.ts',
  'forks are refused by the launcher, and by the machine': 'test/functions/launcher/unwelcome.test.ts',
  'the ledger is surveyed last': 'test/functions/reaper/survey/ledger-last.test.ts',
  'what lives costs no more an hour than the bound': 'test/shared/ledger/contract.test.ts',
  'a day’s machines cost no more than the bound': 'test/shared/ledger/contract.test.ts',
  'the hour’s money is reserved': 'test/functions/reaper/rounds/money/plan-money.test.ts',
  'beside what is reserved others go on': 'test/functions/reaper/rounds/money/plan-money.test.ts',
  'a person is told that jobs wait for money': 'test/functions/reaper/rounds/spend.test.ts',
  'a new name is no security event': 'test/functions/reaper/events/renamed.test.ts',
  'one look does not prove that a check is absent': 'test/functions/reaper/rounds/checks/unseen.test.ts',
  'a runner that somebody asked for ends when its time is over': 'test/cli/create/plan.test.ts',
  'no start passes the brake': 'test/functions/warm/bounds.test.ts',
  'what was started a moment ago is not stopped, whatever its runner does':
    'test/functions/reaper/survey/started.test.ts',
  'a pool has two machines more than it keeps, and no more': 'test/functions/warm/plan.test.ts',
  'what made room for a job is not made anew beside it': 'test/functions/warm/bounds.test.ts',
  'one runner’s own question, and that no answer proves nothing':
    'test/functions/reaper/survey/single.test.ts',
  'a runner without a job goes': 'test/functions/reaper/repair/diagnose.test.ts',
  'what a job ran on is kept': 'test/functions/reaper/repair/bills.test.ts',
  'a launch without a registration may have left an instance': 'test/functions/warm/unclear.test.ts',
  'another owner’s installation is not its first owner’s': 'test/shared/adapters/github/renamed.test.ts',
  'what an event says of an installation is not believed of its owner':
    'test/shared/adapters/github/renamed.test.ts',
  'what runs on a machine of ours outlives its repository': 'test/functions/reaper/rounds/away/away.test.ts',
  'a machine that cannot be deleted holds up no job of its repository':
    'test/functions/reaper/repair/stuck.test.ts',
  'what cannot be deleted fills no more than a quarter of all slots beyond its bound':
    'test/functions/reaper/repair/stuck.test.ts',
  'what the webhook refuses is told': 'test/functions/webhook/refused.test.ts',
  'what GitHub has given up is not launched for': 'test/functions/reaper/rounds/expired.test.ts',
  'held jobs are launched for again': 'test/functions/reaper/held.test.ts',
};
