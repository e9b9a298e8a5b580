/** The instance metadata service as an instance sees it at 100.100.100.200. */
export { type InstanceFacts, type MetadataOptions, metadataListener } from './metadata.ts';
