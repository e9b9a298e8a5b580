/** What a job's log says of its machine: pure. */
import type { Candidate } from '../nouns.ts';

type Machine = Pick<Candidate, 'instanceType' | 'zone' | 'cpu' | 'memoryGiB' | 'capacityType'> &
  Pick<Candidate, 'pricePerHour' | 'onDemandPricePerHour'>;

export function machineOf(instance: Machine): string {
  const { pricePerHour: price, onDemandPricePerHour: full } = instance;
  const size = `${instance.instanceType} in ${instance.zone}: ${instance.cpu} cores, ${instance.memoryGiB} GiB`;
  if (price === null) return `${size}, ${instance.capacityType} at the market's price`;
  const cost = `${size}, ${instance.capacityType} at ${price} an hour`;
  if (full === null || full <= price) return cost;
  return `${cost}, ${Math.round((1 - price / full) * 100)} % under the pay-as-you-go price of ${full}`;
}
