/** What lint finds, and how it is told: to people, to programs, and to GitHub's code scanning. Pure. */

export interface LintFinding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly level: 'error' | 'warning';
  readonly text: string;
}

export const FORMATS = ['text', 'json', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

export const rendered = (found: readonly LintFinding[], format: Format, version: string): string =>
  RENDER[format](found, version);

const RENDER: Readonly<Record<Format, (found: readonly LintFinding[], version: string) => string>> = {
  text: (found) =>
    found.map(({ file, line, level, text }) => `${file}:${line}: ${level}: ${text}\n`).join(''),
  json: (found) => `${JSON.stringify({ findings: found }, null, 2)}\n`,
  sarif: (found, version) => `${JSON.stringify(sarifOf(found, version), null, 2)}\n`,
};

/** @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
function sarifOf(found: readonly LintFinding[], version: string): object {
  const driver = { name: 'spot-runners', version, rules: [{ id: 'configuration' }] };
  const results = found.map(({ file, line, level, text }) => ({
    ...{ ruleId: 'configuration', level, message: { text } },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.replaceAll('\\', '/') },
          region: { startLine: line },
        },
      },
    ],
  }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
}
