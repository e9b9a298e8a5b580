/** In a batch each row has its own outcome: what one is refused for does not keep the others. */
import { invalid, TableStoreRefusal } from '../errors.ts';
import { Draft } from '../wire/protobuf.ts';

/** is_ok = 1, error = 2 { code = 1, message = 2 }. A broken request is the whole batch's. */
export function outcome(act: () => Draft): Draft {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof TableStoreRefusal) || error.code === 'OTSParameterInvalid') throw error;
    return new Draft().bool(1, false).message(2, new Draft().text(1, error.code).text(2, error.message));
  }
}

export function checkDistinct(tableNames: readonly string[]): void {
  const twice = tableNames.find((name, at) => tableNames.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`Duplicated table name: ${twice}.`);
}
