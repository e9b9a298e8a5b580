/** Archives of tools in buckets of ours: what a mirror has, what it answers, and what machines are told. */
import * as z from 'zod';
import { sha256 } from '../release.ts';
import { parseKept } from './parse-kept.ts';

export const TOOL_ARCHS = ['x64', 'arm64'] as const;

/** One archive, under the names by which `@actions/tool-cache` looks for what is in it. */
export const ToolFile = z.object({
  /** As it was asked for: `node 20`. */
  wanted: z.string(),
  /** Below RUNNER_TOOL_CACHE: `node`, `Python`, `go`, `Java_Temurin-Hotspot_jdk`. */
  folder: z.string().regex(/^[A-Za-z_-]{2,40}$/),
  version: z.string().regex(/^[0-9.-]{1,40}$/),
  arch: z.enum(TOOL_ARCHS),
  /** `ID` and `VERSION_ID` of os-release, such as ubuntu24.04; null: any. */
  os: z
    .string()
    .regex(/^[a-z0-9.]{1,30}$/)
    .nullable(),
  key: z.string().regex(/^tools\/[A-Za-z0-9._/-]{1,180}$/),
  url: z.url({ protocol: /^https?$/ }),
  sha256,
  sizeBytes: z.int().positive(),
});
export type ToolFile = z.output<typeof ToolFile>;

/** A text of one line for each archive, which machines read, and what it was made of. */
export const ToolList = z.object({
  key: z.string().regex(/^tools\/list-[0-9a-f]{32}\.txt$/),
  sha256,
  sizeBytes: z.int().positive(),
  /** As it was asked for. */
  wanted: z.array(z.string()),
  files: z.array(ToolFile).min(1),
  /** Of what was asked for, what could not be had: `java 99`, `python 3.7 for arm64`. */
  missing: z.array(z.string()),
  /** When versions are looked up anew. */
  againAtMs: z.number(),
});
export type ToolList = z.output<typeof ToolList>;

/** In a mirror's answer; `list` null: none is whole there. */
export const ToolState = z.object({
  list: ToolList.pick({ key: true, sha256: true, sizeBytes: true, missing: true })
    .extend({ has: z.array(z.string()) })
    .nullable(),
  /** A copy would bring a newer one. */
  isDue: z.boolean(),
  /** Why the last copy ended early; null: it did not. */
  because: z.string().nullable(),
});
export type ToolState = z.output<typeof ToolState>;

/** `node 20.11.1`, each once. */
export const versionsIn = (files: readonly ToolFile[]): string[] => [
  ...new Set(files.map(({ wanted, version }) => `${wanted.split(' ')[0]} ${version}`)),
];

/** The reaper's note of which list each region has, of JSON; launches read it. */
export const TOOLS_NOTE = 'tool-lists';

const KeptTools = z.record(z.string(), ToolList.pick({ key: true, sha256: true, sizeBytes: true }));
/** By region. */
export type KeptTools = z.output<typeof KeptTools>;

export const parseKeptTools = (text: string): KeptTools => parseKept(text, KeptTools);
