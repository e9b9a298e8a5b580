/** The run as a list of steps, in order: each asks one thing, and what it cannot learn it says. */

import { askImages, askLedger, askSignature } from './ask/account.ts';
import { bootData, bootFindings, watchBoot } from './ask/boot.ts';
import { askAgain, askDeletion, askDiskTags, askLag, askReleaseTime } from './ask/instance.ts';
import { askRights } from './ask/rights.ts';
import { clean } from './clean.ts';
import type { Draft, Launched } from './draft.ts';
import { asAssumed, type FactId, type Finding, notTold, otherwise } from './facts.ts';
import { launch } from './things.ts';
import { Left, type ProveWorld } from './world.ts';

export interface Step {
  readonly title: string;
  /** One line of what it found. Throws nothing but mistakes of ours. */
  readonly run: () => Promise<string>;
}

export function stepsOf(draft: Draft, world: ProveWorld, afterwards: ProveWorld): Step[] {
  const { plan } = draft;
  const region = plan.candidates[0]?.region ?? world.config.placements[0]?.region ?? '';
  const ask = (title: string, id: FactId, act: () => Promise<Finding>): Step =>
    stepOf({ draft, world }, title, [id], async () => [[id, await act()]]);
  const of = (
    at: number,
    title: string,
    id: FactId,
    act: (it: Launched, world: ProveWorld) => Promise<Finding>,
  ) =>
    ask(title, id, async () => {
      const it = draft.launched[at];
      return it === undefined ? notTold('no instance was launched') : act(it, world);
    });
  return [
    ask('which signature Function Compute takes', 'signature', () => askSignature(world)),
    ask('the newest image of each family', 'image', () =>
      askImages(world, region, plan.requirements.diskGiB),
    ),
    ask("a dry run with the launcher's rights", 'rights', () => askRights(draft, world)),
    ask('a spot instance', 'launch', () => launchBoth(draft, world)),
    of(0, 'the same launch once more', 'idempotent', askAgain),
    of(0, 'how soon a list shows it', 'lag', askLag),
    of(1, 'deletion while it starts', 'early-deletion', askDeletion),
    of(0, 'its release time', 'release-time', askReleaseTime),
    of(0, 'tags of its disks', 'disk-tags', askDiskTags),
    stepOf({ draft, world }, 'its boot, until it stops itself', BOOT_FACTS, () => boot(draft, world)),
    ask('a sweep that reached the ledger', 'ledger', () => askLedger(world)),
    { title: 'nothing is left', run: () => cleanUp(draft, afterwards) },
  ];
}

const BOOT_FACTS = ['boot', 'metadata', 'packages', 'mirror', 'reach', 'reach-mirrors', 'stop'] as const;

function stepOf(
  { draft, world }: { readonly draft: Draft; readonly world: ProveWorld },
  title: string,
  ids: readonly FactId[],
  act: () => Promise<readonly (readonly [FactId, Finding])[]>,
): Step {
  const run = async (): Promise<string> => {
    if (draft.left !== null) return 'not asked';
    try {
      await world.sleep(0); // throws when the operator has left
      for (const [id, finding] of await act()) draft.findings.set(id, finding);
    } catch (error) {
      noteFailure(draft, ids, error);
    }
    return ids.map((id) => lineOf(draft.findings.get(id) as Finding)).join('; ');
  };
  return { title, run };
}

function noteFailure(draft: Draft, ids: readonly FactId[], error: unknown): void {
  if (error instanceof Left) draft.left = error.message;
  const why = notTold(error instanceof Error ? error.message : 'failed');
  for (const id of ids) draft.findings.set(id, why);
}

export function lineOf({ verdict, seen, ms }: Finding): string {
  const time = ms === undefined ? '' : ` (${(ms / 1000).toFixed(1)} s)`;
  return `${verdict === 'as assumed' ? '' : `${verdict}: `}${seen}${time}`;
}

/** The second one only to be deleted: it does nothing but stop. */
const STOP = '#!/usr/bin/env bash\nsystemctl poweroff\n';

async function launchBoth(draft: Draft, world: ProveWorld): Promise<Finding> {
  const release = await world.release();
  try {
    const { candidate } = await launch(draft, world, 'boot', (each) =>
      release === null ? STOP : bootData(draft, world, release, each),
    );
    await launch(draft, world, 'deleted', () => STOP);
    return asAssumed(`${candidate.instanceType} in ${candidate.zone}`);
  } catch (error) {
    if (error instanceof Left) throw error;
    return otherwise(error instanceof Error ? error.message : 'failed');
  }
}

async function boot(draft: Draft, world: ProveWorld): Promise<readonly (readonly [FactId, Finding])[]> {
  const [launched] = draft.launched;
  const why = launched === undefined ? 'no instance was launched' : NO_RELEASE;
  if (launched === undefined || (await world.release()) === null)
    return BOOT_FACTS.map((id) => [id, notTold(why)] as const);
  const { metadata = 'hardened' } = world.config.images[draft.plan.requirements.image] ?? {};
  const found = bootFindings(await watchBoot(draft, launched, world), metadata);
  return BOOT_FACTS.map((id) => [id, found[id]] as const);
}

const NO_RELEASE = 'the mirror has noted no runner: npm run mirror, then again';

/** Also after Ctrl-C, and after a step that failed. */
async function cleanUp(draft: Draft, world: ProveWorld): Promise<string> {
  draft.isClean = false;
  const gone = (id: string) => {
    for (const each of draft.launched) if (each.id === id) each.endedAtMs ??= world.nowMs();
  };
  try {
    const removed = await clean(world, gone);
    draft.isClean = true;
    return removed === 0 ? 'nothing was there' : `${removed} removed, and looked for twice`;
  } catch (error) {
    return error instanceof Error ? error.message : 'failed';
  }
}
