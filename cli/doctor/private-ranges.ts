/** Which private networks the outbound rules of a security group leave open. Pure. */
import { isIPv4 } from 'node:net';
import { PRIVATE_RANGES } from '../../infra/egress.ts';

/** As DescribeSecurityGroupAttribute answers; a rule is for a range, or for a group or a prefix list. */
export interface EgressRule {
  readonly Direction: string;
  readonly Policy: string;
  readonly IpProtocol?: string;
  readonly PortRange?: string;
  readonly DestCidrIp?: string;
  readonly Ipv6DestCidrIp?: string;
  readonly DestGroupId?: string;
  readonly DestPrefixListId?: string;
  readonly Priority?: string | number;
}

/** Addresses from … to, as numbers, both ends. */
type Span = readonly [from: number, to: number];

const EVERYWHERE: Span = [0, 2 ** 32 - 1];

/** Ranges of which something can be reached that is not allowed: over any protocol, on any port. */
export function openRanges(rules: readonly EgressRule[], allowed: readonly string[]): string[] {
  const inOrder = [...rules].sort(
    (a, b) => Number(a.Priority ?? 1) - Number(b.Priority ?? 1) || Number(isDrop(b)) - Number(isDrop(a)),
  );
  return PRIVATE_RANGES.filter((range) => isOpen(range, inOrder, allowed));
}

/** ECS docs, "Security group rules": the smaller number comes first, and of two alike the one that drops. */
function isOpen(range: string, inOrder: readonly EgressRule[], allowed: readonly string[]): boolean {
  let left = without([spanOf(range) as Span], allowed.map(spanOf));
  for (const rule of inOrder) {
    if (isDrop(rule)) left = without(left, dropped(rule));
    else if (reached(rule).some((span) => left.some((one) => overlap(one, span)))) return true;
  }
  return left.length > 0;
}

const isDrop = ({ Policy }: EgressRule): boolean => Policy.toLowerCase() === 'drop';
/** What drops a part of the traffic lets the rest by. */
const dropped = ({ IpProtocol = '', PortRange = '-1/-1', DestCidrIp = '' }: EgressRule) =>
  IpProtocol.toLowerCase() === 'all' && PortRange === '-1/-1' ? [spanOf(DestCidrIp)] : [];

/** A group's and a prefix list's addresses are not looked up: they may be anywhere. */
function reached({ DestCidrIp, DestGroupId, DestPrefixListId, Ipv6DestCidrIp }: EgressRule): Span[] {
  if (DestCidrIp) return [spanOf(DestCidrIp) ?? EVERYWHERE];
  return Ipv6DestCidrIp && !DestGroupId && !DestPrefixListId ? [] : [EVERYWHERE];
}

const overlap = ([from, to]: Span, [low, high]: Span): boolean => from <= high && low <= to;

function without(spans: readonly Span[], taken: readonly (Span | null)[]): Span[] {
  let left = [...spans];
  for (const hole of taken)
    if (hole !== null)
      left = left.flatMap(([from, to]): Span[] =>
        [[from, Math.min(to, hole[0] - 1)] as const, [Math.max(from, hole[1] + 1), to] as const].filter(
          ([low, high]) => low <= high,
        ),
      );
  return left;
}

/** Null: no range of IPv4 addresses. */
function spanOf(range: string): Span | null {
  const [address = '', prefix = '32'] = range.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return null;
  const size = 2 ** (32 - Number(prefix));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const from = Math.floor(number / size) * size;
  return [from, from + size - 1];
}
