/** What takes a protection away: texts of the sources. */
export interface Mutation {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[];
}

export const edit = (file: string, find: string, put: string) => ({ file, find, put });
export const one = (name: string, file: string, find: string, put: string): Mutation => ({
  name,
  edits: [edit(file, find, put)],
});
