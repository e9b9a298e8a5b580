/** What an error code of ECS may mean to a launch, and what a person does about it. */
import { UNAVAILABLE_MS, UNAVAILABLE_PLACE_MS } from '../../limits.ts';

type Scope = 'offering' | 'zone' | 'family' | 'placement';

export type Meaning =
  /** No instance was made; remember it and go on. */
  | { readonly kind: 'unavailable'; readonly scope: Scope; readonly forMs: number; readonly advice?: string }
  /** No instance was made, and none will be of this image in this placement. */
  | { readonly kind: 'image'; readonly advice: string }
  /** No instance was made: the account's quota is used up, until an instance ends or a person raises it. */
  | { readonly kind: 'used-up'; readonly scope: 'family' | 'placement' }
  /** No instance was made; go on. */
  | { readonly kind: 'refused' }
  /** This disk does not go with this type or zone: the same with the next kind of disk. */
  | { readonly kind: 'other-disk' }
  /** Nor this level of it: the same with its next level. */
  | { readonly kind: 'other-level' }
  /** Not before the next minute. */
  | { readonly kind: 'throttled' }
  /** Same request, same token, in a moment. */
  | { readonly kind: 'again' }
  /** An instance may exist. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'fatal'; readonly advice: string };

export const soon = (scope: Scope): Meaning => ({ kind: 'unavailable', scope, forMs: UNAVAILABLE_MS });
export const misnamed = (scope: Scope): Meaning => ({
  kind: 'unavailable',
  scope,
  forMs: UNAVAILABLE_PLACE_MS,
});
/** As `misnamed`, but only a person ends it. */
const until = (advice: string): Meaning => ({ ...misnamed('placement'), advice }) as Meaning;
export const image = (advice: string): Meaning => ({ kind: 'image', advice });
export const usedUp = (scope: 'family' | 'placement'): Meaning => ({ kind: 'used-up', scope });
export const fatal = (advice: string): Meaning => ({ kind: 'fatal', advice });
export const REFUSED: Meaning = { kind: 'refused' };
export const OTHER_DISK: Meaning = { kind: 'other-disk' };
export const OTHER_LEVEL: Meaning = { kind: 'other-level' };
export const THROTTLED: Meaning = { kind: 'throttled' };
export const AGAIN: Meaning = { kind: 'again' };
export const UNKNOWN: Meaning = { kind: 'unknown' };

export const NO_IMAGE = image(
  'correct that image in runners.yaml: npm run doctor says what each image resolves to',
);
export const MARKETPLACE = image(
  'buy that image in the Alibaba Cloud marketplace, or take one that still is there: npm run doctor says what each image resolves to',
);
/** By which code it is refused is not documented: every one that speaks of HttpTokens. */
export const HARDENED = image(
  'the image takes no hardened-only metadata: set images.NAME.metadata: any, or make the image anew with ImdsSupport v2',
);
export const ENCRYPTION = until(
  'this account has its disks encrypted by default: set defaults.diskEncryption to default, or to the id of a KMS key',
);
export const DISK_KEY = until(
  'let ECS use the KMS key of defaults.diskEncryption there: it must exist in that region, be enabled and symmetric, and KMS be activated',
);
export const RESELLER = fatal('ask the reseller who pays for this Alibaba Cloud account: it may not buy now');
export const PAY = fatal('top up the Alibaba Cloud account, or settle its bill');
export const PAYMENT = fatal('give the Alibaba Cloud account a valid method of payment');
export const ACCOUNT = fatal(
  'sign in to the Alibaba Cloud console: the account must be verified before it may buy',
);
export const PERMISSION = fatal(
  'run npm run deploy, which gives the functions’ RAM roles their permissions, then npm run doctor, which compares them',
);
export const KEY = fatal(
  'check the access key or RAM role of the functions: Alibaba Cloud does not accept its signature',
);
export const OURS = fatal('report this: the request was not well-formed, and no candidate will fare better');
