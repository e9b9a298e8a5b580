/** What reports count with: pure. */

/** In the order in which each key came first. */
export function groupedBy<Thing, Key>(
  things: Iterable<Thing>,
  keyOf: (thing: Thing) => Key,
): Map<Key, Thing[]> {
  const groups = new Map<Key, Thing[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const alike = groups.get(key);
    if (alike === undefined) groups.set(key, [thing]);
    else alike.push(thing);
  }
  return groups;
}

/** Of an even number the lower of the two in the middle: one that was seen. Null: there is none. */
export const median = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
