/** A simulated TableStore: the state machine, and its two transports. */
export { createTable, tableOf } from './in-process.ts';
export { serveTableStore } from './server.ts';
export { type Call, createTableStore, type Fault, type TableStore, type TableStoreOptions } from './state.ts';
