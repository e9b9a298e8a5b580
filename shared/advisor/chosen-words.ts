/** What people are told of the machine that was chosen: pure. */
import type { Candidate, Offering, Requirements } from '../nouns.ts';
import { isWidened } from './cores.ts';

export const saidOf = ({ instanceType, zone, capacityType, isRaised, priceLimit }: Candidate): string =>
  `${instanceType} in ${zone} (${capacityType}${isRaised ? `, bidding up to ${priceLimit}` : ''})`;

/** `image`: the baked one; null: another. */
export function launchedWords(
  candidate: Candidate,
  asked: Requirements,
  { instanceId, image }: { readonly instanceId: string; readonly image: string | null },
): string {
  const note = sizeNote(candidate, asked);
  const from = image === null ? '' : ` from image ${image}`;
  return `${saidOf(candidate)} was launched: ${instanceId}${from}${note === '' ? '' : `, ${note}`}`;
}

/** Why a machine is bigger than its job asked for; '': it is not. A range asks for each size in it. */
export function sizeNote({ cpu }: Pick<Offering, 'cpu'>, asked: Pick<Requirements, 'cpu' | 'type'>): string {
  const { min, max } = asked.cpu;
  if (isWidened({ cpu }, asked)) return `with ${cpu} cores, because none with ${max} was available`;
  return max === null && cpu > min
    ? `with ${cpu} cores, because it cost least of all with ${min} or more`
    : '';
}
