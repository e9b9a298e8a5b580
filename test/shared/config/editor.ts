/** What an editor with yaml-language-server shows of a `runners.yaml`: the server itself, asked in this process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';

const SCHEMA = join(import.meta.dirname, '../../../runners.schema.json');
const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'));

const server = getLanguageService({
  // The one that a comment in the file names, too: nothing is fetched.
  schemaRequestService: () => Promise.resolve(JSON.stringify(schema)),
  workspaceContext: { resolveRelativePath: (path) => path },
});
server.configure({
  ...{ validate: true, hover: true, completion: true },
  schemas: [{ uri: 'file:///runners.schema.json', fileMatch: ['*'], schema }],
});

let opened = 0;
/** The server remembers a file by its name. */
const open = (text: string) => TextDocument.create(`file:///${++opened}/runners.yaml`, 'yaml', 1, text);

export interface Mark {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export async function marksOf(text: string): Promise<Mark[]> {
  const found = await server.doValidation(open(text), false);
  return found.map(({ range, message }) => ({
    line: range.start.line + 1,
    message: typeof message === 'string' ? message : message.value,
  }));
}

/** What is shown over the first place of this word. */
export async function hoverOver(word: string, text: string): Promise<string> {
  const document = open(text);
  const hover = await server.doHover(document, document.positionAt(text.indexOf(word) + 1));
  return JSON.stringify(hover?.contents ?? '');
}

/** What is proposed at the end of the text. */
export async function proposalsAt(text: string): Promise<string[]> {
  const document = open(text);
  const { items } = await server.doComplete(document, document.positionAt(text.length), false);
  return items.map(({ label }) => label);
}
