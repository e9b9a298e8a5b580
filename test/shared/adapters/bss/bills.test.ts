/** DescribeInstanceBill: its pages, its refusals, and which of its two sites is asked. */
import { expect, test } from 'vitest';
import type { CallAlibaba } from '../../../../shared/adapters/alibaba/call.ts';
import { bssBills, bssCaller } from '../../../../shared/adapters/bss/bills.ts';
import type { BillDay } from '../../../../shared/ledger/bills.ts';

const day = '2026-05-04' as BillDay;
const item = (id: number) => ({ InstanceID: `i-${id}`, PretaxAmount: id, Currency: 'CNY' });

test('is read to its last page', async () => {
  const tokens: (string | undefined)[] = [];
  const bills = bssBills(async ({ NextToken, BillingCycle, BillingDate, Granularity }) => {
    tokens.push(NextToken);
    expect([BillingCycle, BillingDate, Granularity]).toEqual(['2026-05', day, 'DAILY']);
    const page = tokens.length;
    return { Success: true, Data: { NextToken: page < 3 ? `t${page}` : '', Items: [item(page)] } };
  });
  expect((await bills.ofDay(day)).map(({ amount }) => amount)).toEqual([1, 2, 3]);
  expect(tokens).toEqual([undefined, 't1', 't2']);
});

test('that never ends, is refused with status 200, or has another shape, is no bill', async () => {
  const endless = async () => ({ Success: true, Data: { NextToken: 'again', Items: [] } });
  await expect(bssBills(endless).ofDay(day)).rejects.toThrow(/more than/);
  const refused = async () => ({ Success: false, Code: 'NotAuthorized', Data: null });
  await expect(bssBills(refused).ofDay(day)).rejects.toThrow('refused: NotAuthorized');
  const odd = async () => ({ Success: true, Data: { Items: { Item: [] } } });
  await expect(bssBills(odd).ofDay(day)).rejects.toThrow('another shape');
});

test('is asked for at the other site where the first says that it is not applicable', async () => {
  const hosts: string[] = [];
  const call: CallAlibaba = async ({ endpoint }) => {
    hosts.push(endpoint);
    return hosts.length === 1
      ? { Success: false, Code: 'NotApplicable' }
      : { Success: true, Data: { Items: [] } };
  };
  expect(await bssBills(bssCaller(call, undefined)).ofDay(day)).toEqual([]);
  expect(hosts[1]).toContain('ap-southeast-1');
});

test('asks the site that answered for each further page, and no other again', async () => {
  const hosts: string[] = [];
  const call: CallAlibaba = async ({ endpoint }) => {
    hosts.push(endpoint);
    if (!endpoint.includes('ap-southeast-1')) return { Success: false, Code: 'NotApplicable' };
    return { Success: true, Data: { NextToken: hosts.length < 4 ? 'more' : '', Items: [item(1)] } };
  };
  const bills = bssBills(bssCaller(call, undefined));
  expect(await bills.ofDay(day)).toHaveLength(3);
  await bills.ofDay(day);
  expect(hosts.filter((host) => !host.includes('ap-southeast-1'))).toHaveLength(1);
});

test('that neither site has is a refusal, and a site that was named is asked once', async () => {
  const hosts: string[] = [];
  const call: CallAlibaba = async ({ endpoint }) => {
    hosts.push(endpoint);
    return { Success: false, Code: 'NotApplicable' };
  };
  await expect(bssBills(bssCaller(call, undefined)).ofDay(day)).rejects.toThrow('refused: NotApplicable');
  await expect(bssBills(bssCaller(call, 'http://here')).ofDay(day)).rejects.toThrow('NotApplicable');
  expect(hosts).toHaveLength(3);
});
