/** Stacks as Resource Orchestration Service lists them. */
import type { Template } from '../../../infra/app.ts';
import type { Alibaba } from '../alibaba.ts';

interface Listing {
  readonly alibaba: Alibaba;
}

export interface Listed {
  readonly StackId: string;
  readonly StackName: string;
  readonly Status: string;
}

/** The most that a page takes. */
const PAGE = '50';
const PAGES_MAX = 40;

export async function findStack(
  { alibaba }: Listing,
  { stackName, region }: Pick<Template, 'stackName' | 'region'>,
): Promise<Listed | null> {
  // Those that were removed are listed with it.
  const named = { 'StackName.1': stackName, PageSize: PAGE };
  const { Stacks } = await alibaba.rpc('ros', region, 'ListStacks', named);
  return (Stacks as Listed[]).find((each) => each.StackName === stackName && isThere(each)) ?? null;
}

/** Everybody's in that region. */
export async function listStacks({ alibaba }: Listing, region: string): Promise<readonly Listed[]> {
  const found = new Map<string, Listed>();
  for (let page = 1; page <= PAGES_MAX; page++) {
    const asked = { PageSize: PAGE, PageNumber: String(page) };
    const { Stacks, TotalCount } = await alibaba.rpc('ros', region, 'ListStacks', asked);
    for (const each of Stacks as Listed[]) found.set(each.StackId, each);
    if ((Stacks as Listed[]).length === 0 || found.size >= Number(TotalCount)) break;
  }
  return [...found.values()].filter(isThere);
}

const isThere = ({ Status }: Listed): boolean => Status !== 'DELETE_COMPLETE';
