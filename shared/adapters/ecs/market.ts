/** The market of a region as ECS tells it: five questions, few at once, and none after the first "too often". */

import { MARKET_PAGES_MAX, MARKET_REST_MS, MARKET_SELDOM_MS } from '../../market/limits.ts';
import type { Market } from '../../market/market.ts';
import {
  type Answers,
  emptyMarket,
  mergeAnswers,
  type PricePoint,
  type TypeFacts,
} from '../../market/merge.ts';
import type { MarketQuery, MarketSource } from '../../market/source.ts';
import { diskPrice } from './disk-price.ts';
import {
  AdviceAnswer,
  PricePage,
  readInterruptionRates,
  readPricePoints,
  readStock,
  readTypes,
  StockAnswer,
  TypesPage,
} from './market-answers.ts';
import {
  callOrNote,
  collectAnswers,
  type EcsMarketOptions,
  note,
  type Round,
  whyIncomplete,
} from './market-round.ts';

export function ecsMarket(options: EcsMarketOptions): MarketSource {
  return {
    async refresh(region, last, query) {
      const { clock, spotDuration } = options;
      const known = last?.spotDuration === spotDuration ? last : emptyMarket(region, spotDuration);
      const round: Round = {
        ...options,
        ...{ region, deadlineMs: query.deadlineMs, problems: new Map(), throttled: null, failures: 0 },
        currency: known.currency,
      };
      const answers = await allAnswers(round, query);
      const disk = await diskIn(known, round, query);
      const market = { ...marketOf(known, answers, round, query, clock.nowMs()), ...disk };
      // Types without any stock are no market: kept, it would hide the catalogue from every job for a day, or sell out all that is known.
      if (market.types.length === 0 || listsNothing(answers))
        throw new Error(`the market of ${region} is unknown: ${market.incomplete ?? 'nothing is for sale'}`);
      return market;
    },
  };
}

function marketOf(known: Market, answers: Answers, round: Round, query: MarketQuery, nowMs: number): Market {
  return {
    region: known.region,
    spotDuration: known.spotDuration,
    currency: round.currency,
    stockAtMs: answers.spotStock === null ? known.stockAtMs : nowMs,
    typesAtMs: answers.types === null ? known.typesAtMs : nowMs,
    adviceAtMs: adviceAtMs(known, answers, query, nowMs),
    ...throttledAt(known, round, nowMs),
    neededAtMs: known.neededAtMs,
    incomplete: whyIncomplete(round),
    types: mergeAnswers(known.types, answers, nowMs),
  };
}

/** ECS counts the calls of each action by itself: the stock asked too often holds back no prices. */
function throttledAt({ throttledAtMs, stockThrottledAtMs }: Market, { throttled }: Round, nowMs: number) {
  if (throttled === null) return { throttledAtMs, stockThrottledAtMs };
  return throttled === STOCK_ACTION
    ? { throttledAtMs, stockThrottledAtMs: nowMs }
    : { throttledAtMs: nowMs, stockThrottledAtMs };
}

const listsNothing = ({ spotStock, onDemandStock }: Answers): boolean =>
  [spotStock, onDemandStock].every(
    (stock) => stock !== null && [...stock.values()].every((types) => types.size === 0),
  );

/** In CNY we have an estimate; in another currency it is asked for with the types, and with prices until there was an answer. */
async function diskIn(
  known: Market,
  round: Round,
  query: MarketQuery,
): Promise<Pick<Market, 'diskPerGiBHour'>> {
  if (round.currency === null || round.currency === 'CNY') return {};
  const before = known.currency === round.currency ? known.diskPerGiBHour : undefined;
  const isAsked = query.listTypes || (before === undefined && query.prices.length > 0);
  const asked = isAsked ? await diskPrice(round) : null;
  const diskPerGiBHour = asked ?? before;
  return diskPerGiBHour === undefined ? {} : { diskPerGiBHour };
}

/** What failed in part is tried again when prices are, not at each sweep. */
function adviceAtMs(known: Market, answers: Answers, query: MarketQuery, nowMs: number): number | null {
  if (query.advice.length === 0) return known.adviceAtMs;
  const isWhole = query.advice.every((type) => answers.interruptions.has(type));
  return isWhole ? nowMs : nowMs - MARKET_SELDOM_MS + MARKET_REST_MS;
}

/** The cheapest questions with the most in them come first. */
async function allAnswers(round: Round, query: MarketQuery): Promise<Answers> {
  const types = query.listTypes ? await allTypes(round) : null;
  const [spotStock, onDemandStock] = query.withoutStock ? [null, null] : await bothStocks(round);
  const prices = await collectAnswers(query.prices, round, (type) =>
    priceHistory(round, type, query.sinceMs),
  );
  const tens = Array.from({ length: Math.ceil(query.advice.length / 10) }, (_, at) =>
    query.advice.slice(at * 10, at * 10 + 10),
  );
  const advised = await collectAnswers(tens, round, (ten) => advice(round, ten));
  const interruptions = new Map([...advised.values()].flatMap((each) => [...each]));
  return { types, spotStock, onDemandStock, prices, interruptions };
}

/** MaxResults is at most 100, so the pages must be walked. @see SDK model DescribeInstanceTypesRequest */
async function allTypes(round: Round) {
  const found: TypeFacts[] = [];
  let token: string | null = null;
  for (let page = 0; page < MARKET_PAGES_MAX; page++) {
    const params: Record<string, string> = {
      MaxResults: '100',
      ...(token === null ? {} : { NextToken: token }),
    };
    const answer = await callOrNote(round, 'DescribeInstanceTypes', params, (body) => TypesPage.parse(body));
    if (answer === null) return null;
    found.push(...readTypes(answer));
    token = answer.NextToken || null;
    if (token === null) return found;
  }
  note(round, `there are more than ${MARKET_PAGES_MAX} pages of types`);
  return found;
}

const bothStocks = async (round: Round) =>
  [await stock(round, 'SpotAsPriceGo'), await stock(round, 'NoSpot')] as const;

const STOCK_ACTION = 'DescribeAvailableResource';

/** @see SDK model DescribeAvailableResourceRequest */
function stock(round: Round, SpotStrategy: string) {
  const ofSpot = SpotStrategy === 'NoSpot' ? {} : { SpotDuration: String(round.spotDuration) };
  const params = {
    DestinationResource: 'InstanceType',
    InstanceChargeType: 'PostPaid',
    SpotStrategy,
    ...ofSpot,
  };
  return callOrNote(round, STOCK_ACTION, params, (body) => readStock(StockAnswer.parse(body)));
}

/** No document says how long a page is; this few rows are surely the last. */
const ROWS_OF_A_LAST_PAGE_MAX = 99;

/** One type a call. */
async function priceHistory(round: Round, type: string, sinceMs: number | null) {
  const points: PricePoint[] = [];
  let offset = 0;
  for (let page = 0; page < MARKET_PAGES_MAX; page++) {
    const answer = await pricePage(round, type, sinceMs, offset);
    if (answer === null) return null;
    round.currency = answer.Currency ?? round.currency;
    points.push(...readPricePoints(answer));
    const isLast = answer.SpotPrices.SpotPriceType.length <= ROWS_OF_A_LAST_PAGE_MAX;
    const next = answer.NextOffset ?? 0;
    if (isLast || next <= offset) return points;
    offset = next;
  }
  note(round, `there are more than ${MARKET_PAGES_MAX} pages of prices`);
  return points;
}

/** @see SDK model DescribeSpotPriceHistoryRequest */
function pricePage(round: Round, type: string, sinceMs: number | null, offset: number) {
  const params = {
    ...{ InstanceType: type, NetworkType: 'vpc', OSType: 'linux', SpotDuration: String(round.spotDuration) },
    ...(sinceMs === null ? {} : { StartTime: `${new Date(sinceMs).toISOString().slice(0, 19)}Z` }),
    ...(offset === 0 ? {} : { Offset: String(offset) }),
  };
  return callOrNote(round, 'DescribeSpotPriceHistory', params, (body) => PricePage.parse(body));
}

/** Ten types a call. @see SDK model DescribeSpotAdviceRequest */
async function advice(round: Round, types: readonly string[]) {
  const named = Object.fromEntries(types.map((type, at) => [`InstanceTypes.${at + 1}`, type]));
  const rates = await callOrNote(round, 'DescribeSpotAdvice', named, (body) =>
    readInterruptionRates(AdviceAnswer.parse(body)),
  );
  return rates === null
    ? null
    : new Map(types.map((type) => [type, rates.get(type) ?? new Map<string, number>()]));
}
