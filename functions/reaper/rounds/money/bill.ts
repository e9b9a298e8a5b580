/** Estimates are held against the account's bill: a day of it is asked for in a sweep, until none is wanting; then they are compared. */
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import { amendNote } from '../../../../shared/ledger/amend.ts';
import { type BillDay, type BilledItem, billDayOf, endOf } from '../../../../shared/ledger/bills.ts';
import type { KeptBill } from '../../../../shared/ledger/ledger.ts';
import { HISTORY_DAY_MAX } from '../../../../shared/limits.ts';
import type { ReaperWorld } from '../../world.ts';
import { type BilledMachine, compare, isWanting, wordsOf } from './compare-bill.ts';
import { BILL_AGAIN_MS, BILL_DAYS, BILL_RETRY_MS } from './limits.ts';

const DAY_MS = 24 * 3_600_000;
const NOTE = 'bill';
const ALERT = 'bill-differs';
const UNREAD = 'bill-unread';

type World = Pick<ReaperWorld, 'ledger' | 'clock' | 'config' | 'bills' | 'alerts' | 'log'>;

/** A few words on what it did. */
export async function checkBill(world: World): Promise<string> {
  if (!world.config.costs.bill) return 'off';
  const { ledger, clock } = world;
  const nowMs = clock.nowMs();
  const note = await ledger.notes.read(NOTE);
  if (note !== null && Number(note.entry.text) > nowMs) return 'known';
  const days = Array.from({ length: BILL_DAYS }, (_, at) => billDayOf(nowMs - (BILL_DAYS - at) * DAY_MS));
  const machines = await machinesSince(endOf(days[0] as BillDay) - 2 * DAY_MS, world);
  const kept: KeptBill[] = [];
  for (const day of days) {
    const bill = await ledger.history.billOf(day);
    if (isWanting(day, bill, nowMs)) return tryDay(day, machines, world);
    if (bill !== null) kept.push(bill);
  }
  await tell(kept, machines, world);
  await amendNote(ledger.notes, NOTE, () => String(nowMs + BILL_AGAIN_MS));
  return `${kept.length} days compared`;
}

/** What cannot be read is told, and asked for again in an hour: the sweep has other work. */
async function tryDay(day: BillDay, machines: readonly BilledMachine[], world: World): Promise<string> {
  try {
    const word = await fetchDay(day, machines, world);
    await resolveAlert(UNREAD, world);
    return word;
  } catch (error) {
    const because = error instanceof Error ? error.message : 'unknown';
    world.log('bill.unread', { day, because });
    await alertOnce(
      UNREAD,
      `The account's bill of ${day} could not be read because ${because}. Deploy infrastructure and functions once, so that the reaper has the right bssapi:DescribeInstanceBill, or set costs.bill to false`,
      world,
    );
    await amendNote(world.ledger.notes, NOTE, () => String(world.clock.nowMs() + BILL_RETRY_MS));
    return 'unread';
  }
}

/** Of the whole account's bill our instances alone are kept. */
async function fetchDay(day: BillDay, machines: readonly BilledMachine[], world: World): Promise<string> {
  const ours = new Set(machines.map(({ instanceId }) => instanceId));
  const items = (await world.bills.ofDay(day)).filter(({ instanceId }) => ours.has(instanceId));
  const { currency, amounts } = summedUp(items);
  await world.ledger.history.noteBill({ day, atMs: world.clock.nowMs(), currency, amounts });
  world.log('bill.read', { day, instances: Object.keys(amounts).length, known: ours.size });
  return `the bill of ${day}`;
}

/** Should there be two currencies, what has an item in the second has no sum. */
function summedUp(items: readonly BilledItem[]): Pick<KeptBill, 'currency' | 'amounts'> {
  const currency = items[0]?.currency ?? null;
  const others = new Set(items.filter((item) => item.currency !== currency).map((item) => item.instanceId));
  const amounts: Record<string, number> = {};
  for (const { instanceId, amount } of items)
    if (!others.has(instanceId)) amounts[instanceId] = (amounts[instanceId] ?? 0) + amount;
  return { currency, amounts };
}

async function tell(
  bills: readonly KeptBill[],
  machines: readonly BilledMachine[],
  world: World,
): Promise<void> {
  const found = compare(bills, machines);
  world.log('bill.compared', { ...found });
  if (found.isApart) await alertOnce(ALERT, wordsOf(found), world);
  else if (found.machines > 0) await resolveAlert(ALERT, world);
}

/** Launched since then, and over. */
async function machinesSince(fromMs: number, { ledger, clock }: World): Promise<BilledMachine[]> {
  const machines: BilledMachine[] = [];
  const add = (row: Omit<BilledMachine, 'instanceId'> & { readonly instanceId: string | null }) => {
    const { instanceId, launchedAtMs, goneAtMs } = row;
    if (instanceId !== null && launchedAtMs !== null && launchedAtMs >= fromMs && goneAtMs !== null)
      machines.push({ ...row, instanceId });
  };
  // A job is kept under the day of its creation, and may have been launched on the next.
  for (let dayMs = fromMs - DAY_MS; dayMs <= clock.nowMs(); dayMs += DAY_MS) {
    const [jobs, unused] = await Promise.all([
      ledger.history.ofDay(dayMs, HISTORY_DAY_MAX),
      ledger.history.unusedOfDay(dayMs, HISTORY_DAY_MAX),
    ]);
    for (const row of [...jobs.things, ...unused.things]) add(row);
  }
  return machines;
}
