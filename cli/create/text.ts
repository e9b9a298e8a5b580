/** What `create` says. Pure. */
import { formatAmount } from '../../shared/story/format.ts';
import { formatTime, toIsoOrNull } from '../shared/format.ts';
import { type Created, isSettled } from './create.ts';

/** One step of one runner. */
export function stepLine({ name, untilMs, entry, failure }: Created, nowMs: number): string {
  if (failure !== null) return `${name}: does not come, because ${failure}`;
  switch (entry?.state) {
    case 'booting':
      return `${name}: boots, on ${machineOf(entry)}`;
    case 'idle':
      return `${name}: is online, and waits for a job until ${formatTime(untilMs, nowMs)}`;
    case 'busy':
      return `${name}: has a job already`;
    default:
      return `${name}: is asked for`;
  }
}

function machineOf({ candidate, instanceId }: NonNullable<Created['entry']>): string {
  if (candidate === null) return instanceId ?? 'a machine';
  const { instanceType, zone, capacityType } = candidate;
  const paid = capacityType === 'on-demand' ? 'pay-as-you-go' : 'spot';
  const { pricePerHour } = candidate;
  const price = pricePerHour === null ? '' : `, ${formatAmount(pricePerHour)} an hour`;
  return `${instanceType} in ${zone} (${paid}${price}), ${instanceId}`;
}

/** The last words: what to do next. */
export function nextLine(created: readonly Created[], labels: readonly string[]): string {
  if (created.some(({ failure }) => failure !== null))
    return `What such a runner may be given, and why not: npm run advise -- --labels ${labels.join(',')}`;
  if (!created.every(isSettled))
    return 'It takes longer than it should, and goes on by itself. Look: npm run list';
  const [first] = created;
  return `A job whose runs-on asks for no other labels than ${labels.join(', ')} gets it. To end it sooner: npm run retire -- ${first?.name}`;
}

export const jsonOf = (created: readonly Created[]) => ({
  runners: created.map(({ name, untilMs, entry, failure }) => ({
    runner: name,
    state: entry?.state ?? null,
    until: toIsoOrNull(untilMs),
    labels: entry?.labels ?? null,
    instance: entry?.instanceId ?? null,
    instanceType: entry?.candidate?.instanceType ?? null,
    zone: entry?.candidate?.zone ?? null,
    capacityType: entry?.candidate?.capacityType ?? null,
    pricePerHour: entry?.candidate?.pricePerHour ?? null,
    because: failure,
  })),
});
