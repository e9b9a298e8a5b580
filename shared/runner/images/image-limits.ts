/** The bounds of images that bake themselves. */

/** Of a build and of its test (SDK model CreateImagePipelineRequest): 16 KB, and the end of the line. */
export const BAKE_CONTENT_MAX_BYTES = 16 * 1024 - 1;
/** Pages of a hundred images of ours in one region. */
export const IMAGE_PAGES_MAX = 10;
/** Of an image that bakes itself so many are remembered, those put aside included. */
export const BAKED_KNOWN_MAX = 8;
/** The good ones that are kept: what serves, and what a rollback goes to. */
export const BAKED_KEPT = 2;
/** Runners that must have come online from a new image, and those that need not. */
export const CANARY_GOOD_MIN = 3;
export const CANARY_BAD_MAX = 2;
/** Boots in a row of an image that served well which did not come online: it serves no more. */
export const SERVING_BAD_MAX = 2;
/** The cloud is asked about images once in so long, and while one is built. */
export const IMAGE_LOOK_MS = 3_600_000;
export const BUILD_LOOK_MS = 5 * 60_000;
/** A build that takes longer has failed: two machines, a test, and a copy to each region take half an hour. */
export const BUILD_MAX_MS = 4 * 3_600_000;
/** After a failed build the same recipe is tried again, later with each failure. */
export const BUILD_RETRY_MS = 12 * 3_600_000;
export const BUILD_RETRY_MAX_MS = 4 * 24 * 3_600_000;
/** Nobody knows of an image of ours: younger ones may be a build's that is only now told of. */
export const STRAY_IMAGE_MS = 24 * 3_600_000;
/** One installation in a build; nobody waits for it. */
export const BAKE_INSTALL_S = 1_800;
