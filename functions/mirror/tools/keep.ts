/** The archives of tools, in this region's bucket: fetched where GitHub is asked, copied where it is not. */
import type { Bucket, CopyOrder } from '../../../shared/runner/copies.ts';
import {
  type ToolFile,
  type ToolList,
  type ToolState,
  versionsIn,
} from '../../../shared/runner/kept/tools.ts';
import { AnotherGo, copy } from '../copy.ts';
import { failureIn, forgetFailure, noteFailure } from '../failure.ts';
import type { MirrorWorld } from '../world.ts';
import { find, lackingOf, slotOf } from './find.ts';
import { TOOLS_KEPT_MS, TOOLS_MAX_BYTES, TOOLS_RETRY_MS } from './limits.ts';
import { listOf, publish, toolsIn, unpublish } from './list.ts';

const FAILURE_KEY = 'tools/failure.json';

/** After all else, and never a reason for that to fail: what is not here comes from where the setup actions get it. */
export async function keepTools(
  order: CopyOrder,
  bucket: Bucket,
  untilMs: number,
  world: MirrorWorld,
): Promise<void> {
  try {
    if (order.tools.length === 0) return await unpublish(bucket);
    const before = await toolsIn(bucket);
    const isHere = world.sourceTools === null;
    if (isHere && !isDue(before, order, world.clock.nowMs()) && (await isWhole(before, bucket))) return;
    const list = world.sourceTools === null ? await lookUp(before, order, world) : await world.sourceTools();
    if (list === null) return;
    const kept = await bringAll(list, bucket, untilMs, world);
    if (kept.files.length > 0) await publish(kept, before, bucket);
    await forgetFailure(FAILURE_KEY, bucket);
    const { missing } = kept;
    world.log('mirror.tools_kept', { has: versionsIn(kept.files).join(', '), missing: missing.join(', ') });
  } catch (error) {
    await noteFailure(FAILURE_KEY, error, bucket, world);
    world.log('mirror.tools_not_kept', { because: error instanceof Error ? error.message : 'unknown' });
  }
}

const isDue = (made: ToolList | null, { tools }: CopyOrder, nowMs: number): boolean =>
  made === null || made.wanted.join() !== tools.join() || nowMs >= made.againAtMs;

/** Of each version the newest; where GitHub cannot be asked now, or has it no more, what was kept before. */
async function lookUp(before: ToolList | null, order: CopyOrder, world: MirrorWorld): Promise<ToolList> {
  const gitHub = new URL(order.release.archives.amd64.url).origin;
  const files: ToolFile[] = [];
  let isLate = false;
  for (const wanted of order.tools) {
    const had = (before?.files ?? []).filter((file) => file.wanted === wanted);
    const found = await find(wanted, gitHub, world).catch((error: unknown) => {
      isLate = true;
      const because = error instanceof Error ? error.message : 'unknown';
      world.log('mirror.tool_not_found', { wanted, because });
      return [];
    });
    const slots = new Set(found.map(slotOf));
    files.push(...found, ...had.filter((file) => !slots.has(slotOf(file))));
  }
  const missing = missingIn(files, order.tools);
  const againMs = isLate || missing.length > 0 ? TOOLS_RETRY_MS : TOOLS_KEPT_MS;
  return listOf(files, { wanted: order.tools, missing, againAtMs: world.clock.nowMs() + againMs });
}

/** A go that has no time left throws, and the next one goes on; the list before stays in force until then. */
async function bringAll(
  list: ToolList,
  bucket: Bucket,
  untilMs: number,
  world: MirrorWorld,
): Promise<ToolList> {
  const files: ToolFile[] = [];
  for (const file of within(TOOLS_MAX_BYTES, list.files))
    if (await isBrought(file, bucket, untilMs, world)) files.push(file);
  if (files.length === list.files.length) return list;
  const missing = missingIn(files, list.wanted);
  return listOf(files, {
    wanted: list.wanted,
    missing,
    againAtMs: world.clock.nowMs() + TOOLS_RETRY_MS,
  });
}

function within(maxBytes: number, files: readonly ToolFile[]): ToolFile[] {
  let bytes = 0;
  return files.filter(({ sizeBytes }) => {
    bytes += sizeBytes;
    return bytes <= maxBytes;
  });
}

async function isBrought(
  file: ToolFile,
  bucket: Bucket,
  untilMs: number,
  world: MirrorWorld,
): Promise<boolean> {
  try {
    await copy(file, { ...world, bucket, untilMs });
    return true;
  } catch (error) {
    // In a region it may only not be there yet; a list without what another go is bringing would stand for an hour.
    if (error instanceof AnotherGo || world.sourceTools !== null || world.clock.nowMs() > untilMs)
      throw error;
    const because = error instanceof Error ? error.message : 'unknown';
    world.log('mirror.tool_missing', { key: file.key, because });
    return false;
  }
}

const missingIn = (files: readonly ToolFile[], wanted: readonly string[]): string[] =>
  wanted.flatMap((each) =>
    lackingOf(
      each,
      files.filter((file) => file.wanted === each),
    ),
  );

/** The last archive is brought last: where it is, the others were. */
async function isWhole(list: ToolList | null, bucket: Bucket): Promise<boolean> {
  const [last] = list?.files.slice(-1) ?? [];
  if (list === null || last === undefined) return false;
  const found = await Promise.all([bucket.sizeBytesOf(list.key), bucket.sizeBytesOf(last.key)]);
  return found[0] === list.sizeBytes && found[1] === last.sizeBytes;
}

/** What machines of this region can have. Null: nothing is wanted. */
export async function toolsOf(
  order: CopyOrder,
  bucket: Bucket,
  world: MirrorWorld,
): Promise<ToolState | null> {
  if (order.tools.length === 0) return null;
  const made = await toolsIn(bucket);
  const list = (await isWhole(made, bucket)) ? made : null;
  const because = (await failureIn(FAILURE_KEY, bucket))?.because ?? null;
  const there = world.sourceTools === null ? null : await world.sourceTools();
  const isLacking = there !== null && there.key !== list?.key;
  return {
    list:
      list === null
        ? null
        : {
            ...{ key: list.key, sha256: list.sha256, sizeBytes: list.sizeBytes, missing: list.missing },
            has: versionsIn(list.files),
          },
    isDue: world.sourceTools === null ? list === null || isDue(made, order, world.clock.nowMs()) : isLacking,
    because,
  };
}
