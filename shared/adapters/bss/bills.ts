/**
 * DescribeInstanceBill of BssOpenApi 2017-12-14. SDK model and docs: Granularity DAILY wants BillingDate beside
 * BillingCycle; 300 items a page at most; NextToken is empty on the last one; ten calls a second; data is there a day later.
 */
import * as z from 'zod/mini';
import type { Bills } from '../../ledger/bills.ts';
import { AlibabaRefusal, type CallAlibaba } from '../alibaba/call.ts';
import { walkPages } from '../alibaba/pages.ts';

export type CallBss = (params: Readonly<Record<string, string>>) => Promise<Record<string, unknown>>;

const BSS_VERSION = '2017-12-14';
const BSS_ACTION = 'DescribeInstanceBill';
/** Alibaba Cloud docs, "Endpoints" of BssOpenApi: accounts of the international site are asked for in Singapore. */
const CHINA = 'https://business.aliyuncs.com';
const INTERNATIONAL = 'https://business.ap-southeast-1.aliyuncs.com';
const ELSEWHERE = 'NotApplicable';
const PAGE_MAX = 300;
/** 60,000 items of one day. */
const PAGES_MAX = 200;

const Answer = z.object({
  Success: z.literal(true),
  Data: z.object({
    NextToken: z.nullish(z.string()),
    Items: z.array(
      z.object({ InstanceID: z.string(), PretaxAmount: z.number(), Currency: z.nullish(z.string()) }),
    ),
  }),
});

export function bssBills(call: CallBss): Bills {
  return {
    async ofDay(day) {
      const asked = {
        ...{ BillingCycle: day.slice(0, 7), Granularity: 'DAILY', BillingDate: day },
        ...{ ProductCode: 'ecs', MaxResults: String(PAGE_MAX) },
      };
      const { pages, complete } = await walkPages(
        PAGES_MAX,
        async (next) => read(await call({ ...asked, ...next })).Data,
      );
      if (!complete) throw new Error(`the bill of ${day} has more than ${PAGES_MAX * PAGE_MAX} items`);
      return pages
        .flatMap(({ Items }) => Items)
        .map(({ InstanceID, PretaxAmount, Currency }) => ({
          ...{ instanceId: InstanceID, amount: PretaxAmount, currency: Currency ?? 'CNY' },
        }));
    },
  };
}

/** A refusal of the business itself comes with status 200. */
function read(body: Record<string, unknown>): z.output<typeof Answer> {
  const parsed = Answer.safeParse(body);
  if (parsed.success) return parsed.data;
  const code = typeof body.Code === 'string' ? body.Code.slice(0, 60) : 'an answer of another shape';
  throw new Error(`DescribeInstanceBill was refused: ${code}`);
}

/** Whichever site the account is of: the other one says that it is not applicable. The one that answered is asked first from then on. */
export function bssCaller(call: CallAlibaba, endpoint: string | undefined): CallBss {
  const sites = endpoint === undefined ? [CHINA, INTERNATIONAL] : [endpoint];
  let [known = CHINA] = sites;
  const askAt = (site: string, query: Parameters<CallBss>[0]) =>
    call({ endpoint: site, action: BSS_ACTION, version: BSS_VERSION, query }).catch((error: unknown) => {
      if (error instanceof AlibabaRefusal && error.code === ELSEWHERE) return { Code: ELSEWHERE };
      throw error;
    });
  return async (query) => {
    const first = await askAt(known, query);
    const other = sites.find((site) => site !== known);
    if (first.Code !== ELSEWHERE || other === undefined) return first;
    const answer = await askAt(other, query);
    if (answer.Code !== ELSEWHERE) known = other;
    return answer;
  };
}
