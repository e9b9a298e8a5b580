/** What the statements of a policy or a trust say, as texts that can be compared. Pure. */

/** RAM takes a value alone or a list of them, and in a condition also a number, a yes or a no. */
type Word = string | number | boolean;
type Words = Word | readonly Word[];
type Effect = 'Allow' | 'Deny';
interface Statement {
  readonly Effect: string;
  readonly Action?: Words;
  readonly NotAction?: Words;
  readonly Resource?: Words;
  readonly NotResource?: Words;
  readonly Condition?: unknown;
  readonly Principal?: Readonly<Record<string, Words>>;
}

export const statementsIn = (document: unknown): readonly Statement[] =>
  [(document as { Statement?: Statement | readonly Statement[] }).Statement ?? []].flat();
const listOf = (words: Words | undefined): readonly string[] => [words ?? []].flat().map(String);
const allBut = (words: Words | undefined) => listOf(words).map((each) => `all but ${each}`);
const whenOf = ({ Condition }: Statement) =>
  Condition === undefined ? '' : ` where ${conditionText(Condition)}`;

/** One text for each action on each resource; what is spelt otherwise and means the same is the same. */
export function rightsIn(statements: readonly Statement[], effect: Effect = 'Allow'): Set<string> {
  const rights = statements
    .filter(({ Effect }) => Effect === effect)
    .flatMap((statement) => {
      const resources = [...listOf(statement.Resource), ...allBut(statement.NotResource)];
      return [...listOf(statement.Action), ...allBut(statement.NotAction)].flatMap((action) =>
        resources.map((resource) => `${action} on ${resource}${whenOf(statement)}`),
      );
    });
  return new Set(rights);
}

export function conditionText(condition: unknown): string {
  return Object.entries(condition as Record<string, Record<string, Words>>)
    .flatMap(([how, keys]) =>
      Object.entries(keys).map(([key, values]) => `${key} ${how} ${[...listOf(values)].sort().join(' or ')}`),
    )
    .sort()
    .join(' and ');
}

/** Who may assume the role, whoever else is named, and on what conditions. */
export function takersIn(statements: readonly Statement[], effect: Effect): string[] {
  const takers = statements
    .filter(({ Effect }) => Effect === effect)
    .flatMap((statement) =>
      Object.entries(statement.Principal ?? {}).flatMap(([kind, who]) =>
        listOf(who).map((each) => `${kind} ${each}${whenOf(statement)}`),
      ),
    );
  return [...new Set(takers)].sort();
}

/** The subject with ids that stands beside the same one without (`subjectsOf`) is left out; only GitHub can say whether they are right. */
export const withoutIds = (takers: string): string =>
  takers.replace(/(repo:([^@/\s]+)\/([^@:\s]+):(\S+)) or repo:\2@\d+\/\3@\d+:\4(?=$|\s|,)/g, '$1');

/** A region without a placement, in which the reaper may still have to end something. */
export function keptLine(region: string, untilMs: number): string {
  const day = new Date(untilMs).toISOString().slice(0, 10);
  return `${region}: no placement any more. What was launched there may live until ${day}, so the reaper keeps its rights there; a deploy after that takes them away.`;
}
