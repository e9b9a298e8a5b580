/** Runs `act` for each thing, at most `width` at once, and keeps the order of the outcomes. `act` must not throw. */
export async function inParallel<Thing, Outcome>(
  things: readonly Thing[],
  width: number,
  act: (thing: Thing) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = new Array(things.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < things.length; at = next++) outcomes[at] = await act(things[at] as Thing);
  };
  await Promise.all(Array.from({ length: Math.min(width, things.length) }, lane));
  return outcomes;
}
