/** An RPC call's flat parameters (`Tag.1.Key=…`), read as the service reads them. */
import { EcsRefusal } from './refusal.ts';

export type Params = Readonly<Record<string, string>>;

export function required(params: Params, name: string): string {
  const value = params[name];
  if (value === undefined || value === '') {
    throw new EcsRefusal('MissingParameter', `The input parameter ${name} is mandatory.`);
  }
  return value;
}

/** What is not played here is refused rather than ignored: nobody should rely on a parameter that does nothing. */
export function refuseUnsimulated(params: Params, names: ReadonlySet<string>): void {
  const stranger = Object.keys(params).find((name) => !names.has(name.replace(/\..*$/, '')));
  if (stranger === undefined) return;
  throw new EcsRefusal('SimulatorDoesNotPlay', `The simulator does not play ${stranger}.`, 501);
}

/** Absent or empty: `fallback`. Out of bounds or not whole: refused with `code`. */
export function wholeNumber(
  params: Params,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly fallback: number; readonly code?: string },
): number {
  const text = params[name];
  if (text === undefined || text === '') return bounds.fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= bounds.min && value <= bounds.max)) {
    throw new EcsRefusal(bounds.code ?? 'InvalidParameter', `The specified ${name} is not valid.`);
  }
  return value;
}

/**
 * A page of `MaxResults` things, by NextToken, which is empty on the last one. SDK models of Image Builder: 1 to 500, 50 where
 * nothing is said. The token names the last that was shown; one that is not of this list is refused.
 */
export function pageOf<Thing extends { readonly id: string }>(
  all: readonly Thing[],
  params: Params,
): { readonly things: readonly Thing[]; readonly MaxResults: number; readonly NextToken: string } {
  const MaxResults = wholeNumber(params, 'MaxResults', { min: 1, max: 500, fallback: 50 });
  const last = params.NextToken ? all.findIndex(({ id }) => id === params.NextToken) : -1;
  if (params.NextToken && last < 0)
    throw new EcsRefusal('InvalidParameter', 'The specified NextToken is not valid.');
  const end = last + 1 + MaxResults;
  const things = all.slice(last + 1, end);
  return { things, MaxResults, NextToken: end < all.length ? (things.at(-1)?.id ?? '') : '' };
}

export function isTrue(params: Params, name: string): boolean {
  const text = params[name];
  if (text === undefined || text === '') return false;
  if (text !== 'true' && text !== 'false') {
    throw new EcsRefusal('InvalidParameter', `The specified ${name} is not a boolean.`);
  }
  return text === 'true';
}

/** `InstanceId.1`, `InstanceId.2` … in order. */
export function listOf(params: Params, name: string): string[] {
  return numbered(params, name)
    .filter(({ rest }) => rest === '')
    .map(({ value }) => value);
}

/** Lists of types and of families take ten. */
export function atMostTen(params: Params, name: string): string[] {
  const values = listOf(params, name);
  if (values.length > 10) throw new EcsRefusal('InvalidParameter', `At most 10 ${name} are allowed.`);
  return values;
}

/** `Tag.1.Key`, `Tag.1.Value` … as pairs; a value that is absent stays undefined. */
export function tagsOf(params: Params): { key: string; value: string | undefined }[] {
  const entries = numbered(params, 'Tag');
  const indices = [...new Set(entries.map(({ index }) => index))];
  return indices.map((index) => {
    const field = (rest: string) =>
      entries.find((entry) => entry.index === index && entry.rest === rest)?.value;
    return { key: field('.Key') ?? '', value: field('.Value') };
  });
}

function numbered(params: Params, name: string): { index: number; rest: string; value: string }[] {
  return Object.entries(params)
    .flatMap(([key, value]) => {
      if (!key.startsWith(`${name}.`)) return [];
      const found = /^(\d+)(\..+)?$/.exec(key.slice(name.length + 1));
      return found === null ? [] : [{ index: Number(found[1]), rest: found[2] ?? '', value }];
    })
    .sort((a, b) => a.index - b.index);
}

/** `yyyy-MM-ddTHH:mm[:ss]Z`, UTC; null when it is no such time. */
export function parseTime(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

/** As ECS writes times: whole minutes for releases and creations, seconds elsewhere. */
export function toMinute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16)}Z`;
}

export function toSecond(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
