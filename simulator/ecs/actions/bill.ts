/** BssOpenApi's DescribeInstanceBill for what this cloud sold, served beside ECS: the account's instances, ours or not. */
import { type Bill, billOf } from '../bill.ts';
import type { Cloud } from '../cloud.ts';
import { endedAtMs } from '../machine.ts';
import { type Params, refuseUnsimulated, required, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';

const PLAYED = new Set(
  'RegionId BillingCycle BillingDate Granularity ProductCode InstanceID MaxResults NextToken'.split(' '),
);
const DAY_MS = 24 * 3_600_000;
const BEIJING_MS = 8 * 3_600_000;
/** Somebody else's server in the same account. */
const FOREIGN = { id: 'i-0somebodyelses', perDay: 4.8 };

/**
 * @see SDK model DescribeInstanceBillResponseBody; docs: a day behind. Days end at midnight in Beijing and amounts have six
 * decimals: neither is documented.
 */
export function describeInstanceBill(cloud: Cloud, _region: Region, params: Params): object {
  refuseUnsimulated(params, PLAYED);
  const cycle = required(params, 'BillingCycle');
  if (!/^\d{4}-\d{2}$/.test(cycle)) throw new EcsRefusal('InvalidParameter', 'BillingCycle');
  const isDaily = params.Granularity === 'DAILY';
  const day = isDaily ? required(params, 'BillingDate') : null;
  if (day !== null && !day.startsWith(`${cycle}-`)) throw new EcsRefusal('InvalidParameter', 'BillingDate');
  const items = itemsOf(cloud, day ?? cycle).filter(
    ({ InstanceID }) => params.InstanceID === undefined || params.InstanceID === InstanceID,
  );
  const max = wholeNumber(params, 'MaxResults', { min: 1, max: 300, fallback: 20 });
  const from = params.NextToken === undefined ? 0 : offsetIn(params.NextToken, day ?? cycle);
  const page = items.slice(from, from + max).map((item) => ({ ...item, BillingDate: day ?? '' }));
  const NextToken = from + max < items.length ? tokenOf(from + max, day ?? cycle) : '';
  const counts = { TotalCount: items.length, MaxResults: max, NextToken };
  const Data = { BillingCycle: cycle, AccountID: '1234567890123456', ...counts, Items: page };
  return { Code: 'Success', Message: 'Successful!', Success: true, Data };
}

function itemsOf(cloud: Cloud, span: string) {
  const alive = [...cloud.machines.values()].filter((machine) => endedAtMs(machine) === null);
  const bills = [...cloud.bills, ...alive.map((machine) => billOf(cloud, machine))];
  const ours = bills.flatMap((bill) => {
    const amount = amountIn(bill, span, cloud.clock.nowMs());
    return amount === null ? [] : [itemOf(bill.instanceId, amount, cloud.currency)];
  });
  const foreign = isThere(span.length === 7 ? `${span}-01` : span, cloud.clock.nowMs());
  return [...(foreign ? [itemOf(FOREIGN.id, FOREIGN.perDay, cloud.currency)] : []), ...ours];
}

const itemOf = (InstanceID: string, amount: number, Currency: string) => ({
  ...{ InstanceID, ProductCode: 'ecs', SubscriptionType: 'PayAsYouGo', Currency },
  PretaxAmount: Math.round(amount * 1_000_000) / 1_000_000,
});

/** Null: none of it is on the bill yet. */
function amountIn({ byDay }: Bill, span: string, nowMs: number): number | null {
  const days = [...byDay].filter(([day]) => day.startsWith(span) && isThere(day, nowMs));
  return days.length === 0 ? null : days.reduce((sum, [, amount]) => sum + amount, 0);
}

const isThere = (day: string, nowMs: number): boolean =>
  nowMs >= Date.parse(`${day}T00:00:00Z`) - BEIJING_MS + 2 * DAY_MS;

const tokenOf = (offset: number, span: string): string =>
  Buffer.from(`${span} ${offset}`).toString('base64url');

function offsetIn(token: string, span: string): number {
  const [of, offset] = Buffer.from(token, 'base64url').toString().split(' ');
  if (of !== span || !/^\d+$/.test(offset ?? '')) throw new EcsRefusal('InvalidParameter', 'NextToken');
  return Number(offset);
}
