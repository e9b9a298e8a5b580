export type { Bill } from './bill.ts';
export type { Delays, EcsOptions } from './cloud.ts';
export { createEcs, type Ecs } from './ecs.ts';
export type { Fault, FaultSource } from './faults.ts';
export { inProcess } from './in-process.ts';
export {
  type BootDriver,
  type BootedMachine,
  type Machine,
  type Shell,
  type ShellScreen,
  silentDriver,
} from './machine.ts';
export { EcsRefusal, NoAnswer } from './refusal.ts';
export { bigRegion, type Region, standardRegions } from './region/catalogue.ts';
export { rpcSignature, verify as verifyEcs } from './signature.ts';
export { marketAddresses, serveEcs, type Wire } from './wire.ts';
