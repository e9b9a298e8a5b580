/** One range of a network for each zone, by the zone's letter: adding a zone moves no other. Pure. */

/** 26 letters fit into 32 equal parts. */
const PART_BITS = 5;

/** A zone's part of `cidr`. Throws when the parts would be smaller than a vSwitch may be (/29, VPC docs). */
export function subnets(cidr: string, zones: readonly string[]): Record<string, string> {
  const [base, bits] = cidr.split('/') as [string, string];
  const length = Number(bits) + PART_BITS;
  if (length > 29) throw new Error(`network ${cidr}: is too small for one part a zone; take a /24 or larger`);
  const size = 2 ** (32 - length);
  const start = Math.floor(numberOf(base) / 2 ** (32 - Number(bits))) * 2 ** (32 - Number(bits));
  return Object.fromEntries(
    zones.map((zone) => [zone, `${textOf(start + (zone.charCodeAt(0) - 97) * size)}/${length}`]),
  );
}

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const textOf = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
