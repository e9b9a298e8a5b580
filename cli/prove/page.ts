/** What a run found, as JSON and as a page that can be sent to others: without ids of an account. Pure. */
import type { Config } from '../../shared/config/config.ts';
import { costOf, type Draft, findingsOf } from './draft.ts';
import { FACTS, type FactId, type Verdict } from './facts.ts';

export interface Proof {
  readonly madeAt: string;
  readonly version: string;
  readonly regions: readonly string[];
  readonly image: string;
  readonly instanceType: string | null;
  readonly facts: readonly ProvedFact[];
  /** Seconds since the launch was asked for. */
  readonly milestones: Readonly<Record<string, number>>;
  /** By price and time; the bill says more a day later. */
  readonly cost: { readonly estimated: number; readonly atMost: number; readonly currency: string };
  /** False: something is left. */
  readonly clean: boolean;
}

interface ProvedFact {
  readonly id: FactId;
  readonly question: string;
  readonly assumed: string;
  readonly verdict: Verdict;
  readonly seen: string;
  readonly seconds?: number;
  /** What follows; only where it is otherwise. */
  readonly consequence?: string;
}

export function proofOf(draft: Draft, config: Config, version: string, nowMs: number): Proof {
  const { plan, launched, milestones } = draft;
  const [first] = launched;
  const { family = 'an image of our own' } = config.images[plan.requirements.image] ?? {};
  const estimated = Number(costOf(draft, nowMs).toFixed(4));
  return {
    ...{ madeAt: new Date(nowMs).toISOString(), version },
    regions: [...new Set([config.control.region, ...(first === undefined ? [] : [first.candidate.region])])],
    ...{ image: family, instanceType: first?.candidate.instanceType ?? null },
    facts: findingsOf(draft).map(([id, { verdict, seen, ms }]) => ({
      ...{ id, question: FACTS[id].question, assumed: FACTS[id].assumed, verdict, seen: withoutIds(seen) },
      ...(ms === undefined ? {} : { seconds: ms / 1000 }),
      ...(verdict === 'otherwise' ? { consequence: FACTS[id].otherwise } : {}),
    })),
    milestones: Object.fromEntries(milestones),
    cost: { estimated, atMost: Number(plan.highestPrice.toFixed(2)), currency: plan.currency ?? 'CNY' },
    clean: draft.isClean === true,
  };
}

/** Ids of resources, accounts, keys and requests. What a service says in its own words may hold some. */
export function withoutIds(text: string): string {
  return text
    .replace(/\b[A-F0-9]{8}(?:-[A-F0-9]{4}){3}-[A-F0-9]{12}\b/gi, '…')
    .replace(/\b(?:LTAI|STS\.|TMP\.)[\w.-]+/g, '…')
    .replace(/\b(?:i|vsw|vpc|sg|m|d|eni|lt|kp|rg|eip|ngw|stack|asg)-[A-Za-z0-9-]{6,}\b/g, '…')
    .replace(/\bacs:[a-z]+:[^\s,;]*/g, '…')
    .replace(/\b[\w-]+(?=\.oss-|\.[a-z]{2}-[a-z0-9-]+\.(?:fc|ots)\.aliyuncs)/g, '…')
    .replace(/\b\d{14,20}\b/g, '…');
}

/** 0: all that jobs need is as assumed, and nothing is left. */
export function exitCodeOf({ facts, clean }: Proof): number {
  return clean && facts.every(({ id, verdict }) => verdict === 'as assumed' || !FACTS[id].isNeeded) ? 0 : 1;
}

export function pageOf(proof: Proof): string {
  const { facts, milestones, cost, regions, instanceType, image } = proof;
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const seconds = (at?: number) => (at === undefined ? '' : ` (${at.toFixed(1)} s)`);
  const then = facts.filter((fact) => fact.consequence !== undefined);
  return [
    `# What the account told, ${proof.madeAt.slice(0, 10)}`,
    '',
    `aliyun-spot-runners ${proof.version}; functions in ${regions[0]}; ${instanceType ?? 'no instance'}${instanceType === null ? '' : ` in ${regions.at(-1)}, ${image}`}.`,
    '',
    row(['question', 'assumed', '', 'seen']),
    row(['---', '---', '---', '---']),
    ...facts.map((each) =>
      row([each.question, each.assumed, each.verdict, `${each.seen}${seconds(each.seconds)}`]),
    ),
    '',
    ...(then.length === 0
      ? []
      : ['## What follows', '', ...then.map((each) => `- ${each.question} ${each.consequence}.`), '']),
    ...(Object.keys(milestones).length === 0
      ? []
      : [
          '## The boot',
          '',
          row(['seconds after the launch was asked for', '']),
          row(['---', '---']),
          ...Object.entries(milestones).map(([name, at]) => row([String(at), name])),
          '',
        ]),
    `It cost about ${cost.estimated} ${cost.currency}, by price and time; the bill tells more a day later. ${proof.clean ? 'Nothing of it is left.' : 'Something of it is left: `npm run prove -- --clean`.'}`,
    '',
  ].join('\n');
}
