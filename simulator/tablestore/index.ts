/** A TableStore on the desk: the state machine, and its two faces. */
export { createTable, tableOf } from './in-process.ts';
export { serveTableStore } from './server.ts';
export { type Call, createTableStore, type Fault, type TableStore, type TableStoreOptions } from './state.ts';
