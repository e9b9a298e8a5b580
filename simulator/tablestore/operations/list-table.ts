/** ListTable: nothing. The answer: table_names = 1. */
import { Draft } from '../wire/protobuf.ts';
import type { Operation } from '../wire/wire.ts';

export const listTable: Operation = {
  tableIn: () => null,
  run(store) {
    const answer = new Draft();
    for (const name of [...store.tables.keys()].sort()) answer.text(1, name);
    return answer;
  },
};
