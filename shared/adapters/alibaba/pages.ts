/** Lists that are walked by NextToken, which is empty on the last page. */
interface Page {
  readonly NextToken?: string | null | undefined;
}

/** At most `max` pages; not `complete`: there are more. What `ask` throws ends the walk. */
export async function walkPages<Answer extends Page>(
  max: number,
  ask: (next: Readonly<Record<string, string>>) => Promise<Answer>,
): Promise<{ readonly pages: readonly Answer[]; readonly complete: boolean }> {
  const pages: Answer[] = [];
  let next = {};
  while (pages.length < max) {
    const answer = await ask(next);
    pages.push(answer);
    if (!answer.NextToken) return { pages, complete: true };
    next = { NextToken: answer.NextToken };
  }
  return { pages, complete: false };
}
