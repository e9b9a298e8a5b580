/** In which order a sweep acts, and what it leaves to the next one. */
import { amend } from '../../../shared/ledger/amend.ts';
import { ownerOf } from '../survey/known.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import type { Verdict } from './verdict.ts';

export interface Diagnosed {
  readonly observation: Observation;
  readonly verdict: Verdict;
}

const LEFT_OVER_NOTE = 'sweep-left';

/** From where the last sweep stopped: what takes every sweep's time must not keep the rest from its turn. */
export async function inTurn(
  wanted: readonly Diagnosed[],
  { ledger }: ReaperWorld,
): Promise<readonly Diagnosed[]> {
  const byName = [...wanted].sort((a, b) => (a.observation.name < b.observation.name ? -1 : 1));
  const from = (await ledger.notes.read(LEFT_OVER_NOTE))?.entry.text ?? '';
  const inOrder = [
    ...byName.filter(({ observation }) => observation.name >= from),
    ...byName.filter(({ observation }) => observation.name < from),
  ];
  // What GitHub paces, or does not answer, must not keep machines alive that need no word of it any more.
  return [0, 1, 2].flatMap((turn) => inOrder.filter((each) => turnOf(each) === turn));
}

/** What waits for nobody; what asks GitHub; what GitHub paces. */
function turnOf({ verdict, observation: { isGone } }: Diagnosed): number {
  if (isRemoval(verdict)) return 2;
  const { kind } = verdict;
  return kind === 'ask' || kind === 'confirm' || (kind === 'retire' && isGone) ? 1 : 0;
}

const isRemoval = ({ kind }: Verdict): boolean => kind === 'remove' || kind === 'deregister';

/** What GitHub's limits keep from being done now is left to the next sweep. */
export function hasCalls({ observation, verdict }: Diagnosed, { github, config }: ReaperWorld): boolean {
  if (!isRemoval(verdict)) return true;
  const { held, registration } = observation;
  const owner = registration?.target.owner ?? ownerOf(held?.entry.repository ?? '');
  return github.mayAsk('removal', owner === '' ? ownerOf(config.repositories.allow[0] ?? '') : owner);
}

export async function rememberLeft(first: Diagnosed | undefined, { ledger }: ReaperWorld): Promise<void> {
  const note = { text: first?.observation.name ?? '', untilMs: null };
  const held = await ledger.notes.read(LEFT_OVER_NOTE);
  if ((held?.entry.text ?? '') === note.text) return;
  if (held === null) await ledger.notes.add(LEFT_OVER_NOTE, note);
  else await amend(ledger.notes, LEFT_OVER_NOTE, () => note, held);
}
