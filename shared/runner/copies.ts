/** The runner's copies in buckets of ours: where they are, what a mirror is asked for, and what it answers. */
import * as z from 'zod';
import { action } from '../config/actions.ts';
import { TOOLS_MAX, wantedTool } from '../config/tools.ts';
import { parseJson } from '../json.ts';
import type { PublishedRelease } from '../ports.ts';
import { parseKept } from './kept/parse-kept.ts';
import { ToolState } from './kept/tools.ts';
import { sha256, version } from './release.ts';

export interface MirrorPlace {
  readonly region: string;
  readonly bucket: string;
}

export interface MirrorPlaces {
  /** Filled from GitHub, in the functions' own region; null: there is no bucket at all. */
  readonly source: MirrorPlace | null;
  /** Filled from the source, each by a mirror in its own region. */
  readonly regional: readonly MirrorPlace[];
}

interface Deployment {
  readonly name: string;
  readonly control: { readonly region: string };
  readonly placements: readonly { readonly region: string; readonly mirrorBucket: string | null }[];
}

/**
 * A bucket of a placement in the functions' own region is the source; else one is made for it, whose name holds the
 * account's id, because names are unique over all accounts.
 */
export function mirrorPlaces({ name, control, placements }: Deployment, accountId: string): MirrorPlaces {
  const places = placements.flatMap(({ region, mirrorBucket: bucket }) =>
    bucket === null ? [] : [{ region, bucket }],
  );
  if (places.length === 0) return { source: null, regional: [] };
  const own = places.find(({ region }) => region === control.region);
  return {
    source: own ?? { region: control.region, bucket: `${name}-runner-${accountId}` },
    regional: places.filter(({ region }) => region !== control.region),
  };
}

/** What it is called there: names tell regions apart. */
export const mirrorFunction = (base: string, region: string, home: string): string =>
  region === home ? base : `${base}-${region}`;

const Archive = z.strictObject({
  /** At GitHub. */
  url: z.url({ protocol: /^https?$/ }),
  sha256,
  sizeBytes: z.int().positive(),
});
export const Published = z.strictObject({
  version,
  publishedAtMs: z.int().nonnegative(),
  archives: z.strictObject({ amd64: Archive, arm64: Archive }),
});

/** The kept actions as one file: a tar of `<owner>_<repo>/<sha>.tar.gz`. */
export const Bundle = z.object({
  key: z.string().regex(/^actions\/bundle-[0-9a-f]{32}\.tar$/),
  sha256,
  sizeBytes: z.int().positive(),
  /** As they were asked for. */
  actions: z.array(z.string()),
  /** Of them, what could not be had. */
  missing: z.array(z.string()),
  /** When tags are looked up anew. */
  againAtMs: z.number(),
});
export type Bundle = z.output<typeof Bundle>;

export const CopyOrder = z.strictObject({
  kind: z.enum(['look', 'copy']),
  release: Published,
  /** Versions that nobody installs any more. */
  remove: z.array(version).max(20),
  /** Actions whose archives are kept, too; none: nothing is. */
  actions: z.array(action).default([]),
  /** `node 20`: tools whose archives are kept. */
  tools: z.array(wantedTool).max(TOOLS_MAX).default([]),
});
/** What the reaper asks of a mirror: the mirror itself decides nothing. */
export type CopyOrder = z.output<typeof CopyOrder>;

export const CopyState = z.object({
  version,
  /** Both archives are there, and each was verified before it came into being. */
  isWhole: z.boolean(),
  copiedBytes: z.int().nonnegative(),
  sizeBytes: z.int().positive(),
  /** Why the last copy ended early; null: it did not. */
  failure: z.object({ atMs: z.number(), because: z.string() }).nullable(),
  /** Of the actions: what is whole there; null: nothing, or none is wanted. */
  bundle: Bundle.nullable().default(null),
  /** A copy would bring a newer one. */
  isBundleDue: z.boolean().default(false),
  /** Null: none are wanted. */
  tools: ToolState.nullable().default(null),
});
/** What is there of the release that was asked for. */
export type CopyState = z.output<typeof CopyState>;

export interface Mirrors {
  /** The source's first; empty: there is no bucket. */
  readonly regions: readonly string[];
  /** Throws when the mirror of that region gave no answer in a few seconds. */
  look(region: string, release: PublishedRelease): Promise<CopyState>;
  /** Begins a copy, or goes on with one. Throws when that was not accepted. */
  copy(region: string, release: PublishedRelease, remove: readonly string[]): Promise<void>;
}

/** One region’s copies. */
export interface Bucket {
  /** Null: no such object. */
  sizeBytesOf(key: string): Promise<number | null>;
  /** From that byte to the end; null: no such object. Throws when they stop coming. */
  open(key: string, fromByte: number): Promise<AsyncIterable<Uint8Array> | null>;
  /** Whole or not at all: when `chunks` throws, no object of this name comes into being, and its own error is thrown. */
  put(key: string, chunks: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void>;
  /** Puts bytes behind those that are there, if there are exactly `position` of them; makes the object at 0. False: there are not. */
  append(key: string, bytes: Uint8Array, position: number): Promise<boolean>;
  /** An object that is not there counts as removed. */
  remove(key: string): Promise<void>;
}

/** The reaper's note of which bundle each region has, of JSON; launches read it. */
export const ACTIONS_NOTE = 'action-bundles';

const KeptActions = z.record(z.string(), Bundle.pick({ key: true, sha256: true, sizeBytes: true }));
/** By region. */
export type KeptActions = z.output<typeof KeptActions>;

export const parseKeptActions = (text: string): KeptActions => parseKept(text, KeptActions);

/** What a person asks of the reaper, that does not wait for the next sweep: that copies begin now, or how they get on. */
export const ASK_FOR_COPIES = '{"kind":"release","ask":"copy"}';
export const ASK_HOW_COPIES_GET_ON = '{"kind":"release","ask":"look"}';

/** Null: it is something else. */
export function releaseAsk(event: Uint8Array): 'copy' | 'look' | null {
  const text = Buffer.from(event).toString('utf8');
  if (text === ASK_FOR_COPIES) return 'copy';
  return text === ASK_HOW_COPIES_GET_ON ? 'look' : null;
}

/** The reaper's note of how the copies get on, of JSON. */
export const COPIES_NOTE = 'bucket-copies';

const Region = z.object({
  isWhole: z.boolean(),
  copiedBytes: z.number(),
  sizeBytes: z.number(),
  /** When more of it was there than before, or it was asked for. */
  movedAtMs: z.number(),
  because: z.string().nullable(),
  /** Absent: none are wanted. */
  tools: ToolState.optional(),
});
const Copies = z.object({
  version,
  /** Since when a placement lacks it; null: none does. */
  lackingSinceMs: z.number().nullable(),
  regions: z.record(z.string(), Region),
});
export type Copies = z.output<typeof Copies>;

/** Null: none that this version of the code understands. */
export const parseCopies = (text: string): Copies | null => Copies.safeParse(parseJson(text)).data ?? null;
