/** What RunInstances refuses of an image or a disk for the account's sake. */
import type { Params } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Encryption, Image } from '../region/network.ts';

/**
 * SDK models CreateImageRequest and others: with v1 "you cannot set the metadata access mode to hardened mode only". By which
 * code it is refused is not documented (UNCONFIRMED, docs/facts.md): the only one that speaks of HttpTokens at all.
 */
export function checkMetadata({ imds }: Image, { HttpTokens }: Params): void {
  if (HttpTokens === 'required' && imds !== 'v2')
    throw new EcsRefusal('InvalidHttpTokens.NotSupported', 'The specified HttpTokens not supported.');
}

/** CreateInstance's error codes (2026-01-15). That the oldest disks cannot be encrypted: SDK model RunInstancesRequest. */
export function checkEncryption({ isRequired, keys }: Encryption, category: string, params: Params): void {
  const isEncrypted = params['SystemDisk.Encrypted'] === 'true';
  const key = params['SystemDisk.KMSKeyId'];
  if (!isEncrypted && key !== undefined) throw new EcsRefusal('InvalidEncrypted.NotMatchKmsKeyId');
  if (!isEncrypted && isRequired)
    throw new EcsRefusal(
      'InvalidEncrypted.NotMatchDiskDefaultEncryption',
      'Enabling disk default encryption prevents the creation of non-encrypted disks.',
      403,
    );
  if (!isEncrypted) return;
  if (!/^cloud_(essd|auto)/.test(category))
    throw new EcsRefusal('NotSupportSnapshotEncrypted.DiskCategory', undefined, 403);
  if (key !== undefined && !keys.has(key))
    throw new EcsRefusal('InvalidParameter.KMSKeyId.NotFound', 'The specified KMSKeyId does not exist.', 404);
}
