/** What the account tells without an instance. */
import type { PastSweeps } from '../../../functions/reaper/sweep-lease.ts';
import { type AccountImage, accountImage, architectureOf } from '../../shared/cloud/images.ts';
import { asAssumed, type Finding, notTold, otherwise } from '../facts.ts';
import type { ProveWorld } from '../world.ts';

const SIGNATURES = ['acs3', 'fc'] as const;

/** A function that does not exist is refused for that, once the signature is taken. */
export async function askSignature({ probe, config }: ProveWorld): Promise<Finding> {
  const answers = [];
  for (const signature of SIGNATURES) answers.push({ signature, ...(await probe(signature)) });
  const taken = answers.filter(({ status }) => status === 404).map(({ signature }) => signature);
  const words = answers.map(({ signature, status, code }) => `${signature}: ${status} ${code}`).join('; ');
  if (taken.length === 0) return notTold(`neither was taken (${words}): may this key invoke functions?`);
  const own = config.functionCompute.signature;
  return taken.includes(own) ? asAssumed(words) : otherwise(`${words}; runners.yaml has ${own}`);
}

const SWEEP_WAIT_MS = 3 * 60_000;
const LOOK_PAUSE_MS = 10_000;

/** The reaper writes when it began and ended, each minute; read from here, so the ledger is reached from both. */
export async function askLedger({ sweeps, nowMs, sleep }: ProveWorld): Promise<Finding> {
  const beganMs = nowMs();
  const first = await sweeps();
  if (first === null)
    return notTold('no sweep was ever written: run npm run deploy first, and wait for a minute');
  for (let last = first; ; last = (await sweeps()) ?? last) {
    if (isNewer(last, first)) return asAssumed('reached from a function and from here', nowMs() - beganMs);
    if (nowMs() - beganMs > SWEEP_WAIT_MS) return otherwise(`no sweep in ${SWEEP_WAIT_MS / 60_000} minutes`);
    await sleep(LOOK_PAUSE_MS);
  }
}

const isNewer = (last: PastSweeps, first: PastSweeps): boolean =>
  last.beganAtMs > first.beganAtMs || last.endedAtMs > first.endedAtMs;

/** Each family of runners.yaml in the region where we launch, or in the first placement's. */
export async function askImages(world: ProveWorld, region: string, diskGiB: number): Promise<Finding> {
  const looked = [];
  for (const [name, written] of Object.entries(world.config.images)) {
    const image = await accountImage(written, (action, query) => world.ecs(region, action, query));
    const wanted = architectureOf(name, written) ?? '';
    const faults = image === null ? ['not there'] : faultsOf(image, wanted, diskGiB, written.metadata);
    looked.push({ what: written.family ?? `image ${name}`, image, faults });
  }
  const faults = looked.flatMap(({ what, faults }) => faults.map((fault) => `${what}: ${fault}`));
  if (faults.length > 0) return otherwise(faults.join('; '));
  const seen = looked
    .map(({ what, image }) => `${what}: ${image?.Size} GiB, metadata ${imdsOf(image)}`)
    .join('; ');
  return looked.every(({ image }) => imdsOf(image) !== NOT_SAID) ? asAssumed(seen) : notTold(seen);
}

const NOT_SAID = 'not said';
const imdsOf = (image: AccountImage | null): string => image?.Features?.ImdsSupport ?? NOT_SAID;

function faultsOf(
  image: AccountImage,
  architecture: string,
  diskGiB: number,
  metadata: 'hardened' | 'any',
): string[] {
  const isOld = metadata === 'hardened' && image.Features?.ImdsSupport === 'v1';
  return [
    ...(image.Architecture === architecture ? [] : [`is ${image.Architecture}, not ${architecture}`]),
    ...(image.IsSupportCloudinit === false ? ['has no cloud-init'] : []),
    ...(isOld ? ['its metadata knows no tokens (ImdsSupport v1)'] : []),
    ...((image.Size ?? 0) > diskGiB ? [`needs a disk of ${image.Size} GiB, and ours has ${diskGiB}`] : []),
  ];
}
