/** The tools whose archives the mirrors keep for `setup-node`, `setup-python`, `setup-go` and `setup-java`, in `runners.yaml`. */
import * as z from 'zod';

export const KEPT_TOOLS = ['node', 'python', 'go', 'java'] as const;

/** Of one tool. Each machine fetches all of them. */
const VERSIONS_MAX = 4;
/** In all, for an order of copies. */
export const TOOLS_MAX = KEPT_TOOLS.length * VERSIONS_MAX;

function wantedOf(pattern: string, example: string) {
  const says = `must be a version such as ${example}, of which the newest release is kept; ranges and names such as lts/* are not`;
  return z.union([z.int().min(1).max(999), z.string().regex(new RegExp(pattern), says)], {
    error: ({ input }) => (typeof input === 'number' ? 'must stand in quotes: YAML reads 3.10 as 3.1' : says),
  });
}

/** 20, 20.x, 20.11, 20.11.x, 20.11.1 */
const PARTS = '\\d{1,3}(?:\\.\\d{1,5}(?:\\.\\d{1,5})?|(?:\\.\\d{1,5})?\\.x)?';
const versions = (example: string, more = '') =>
  z
    .array(wantedOf(`^${PARTS}${more}$`, example))
    .max(VERSIONS_MAX)
    .default([]);

export const Tools = z.strictObject({
  node: versions('20, 20.11 or 20.11.1'),
  python: versions("'3.12' or '3.12.4'"),
  go: versions("'1.22' or '1.22.5'"),
  /** Temurin's JDK. A build may be named: 21.0.4+7. */
  java: versions("21, '21.0.4' or '21.0.4+7'", '(?:\\+\\d{1,4})?'),
});

/** As an order names it. */
export const wantedTool = z.string().regex(new RegExp(`^(?:${KEPT_TOOLS.join('|')}) \\d[0-9.+]{0,20}$`));

/** `node 20`, each once, in the order of the file. */
export const wantedTools = (tools: z.output<typeof Tools>): string[] => [
  ...new Set(
    KEPT_TOOLS.flatMap((tool) =>
      tools[tool].map((version) => `${tool} ${String(version).replace(/\.x$/, '')}`),
    ),
  ),
];
