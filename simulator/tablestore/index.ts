/** A simulated TableStore: the state machine, and its two transports. */
export { createTable, tableOf } from './in-process.ts';
export { serveTableStore } from './server.ts';
export {
  ALL_NETWORKS,
  type Call,
  createTableStore,
  type Fault,
  NEW_INSTANCE_NETWORKS,
  type NetworkType,
  type TableStore,
  type TableStoreOptions,
} from './state.ts';
