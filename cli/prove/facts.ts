/** What only a real account can tell: the question, what the product takes for granted, and what follows if it is otherwise. */

export interface Fact {
  readonly question: string;
  readonly assumed: string;
  readonly otherwise: string;
  /** Otherwise, jobs do not run until somebody has acted. */
  readonly isNeeded: boolean;
}

const fact = (question: string, assumed: string, otherwise: string): Fact => ({
  ...{ question, assumed, otherwise },
  isNeeded: false,
});
const need = (...words: Parameters<typeof fact>): Fact => ({ ...fact(...words), isNeeded: true });

export const FACTS = {
  signature: need(
    'Which signature does Function Compute take for invocations?',
    'the one of functionCompute.signature',
    'the functions change over by themselves when it is refused, loudly and at each cold start: set functionCompute.signature to the one that is taken',
  ),
  ledger: need(
    'Is the ledger reached from a function?',
    'a sweep was written within three minutes',
    'no job can run: see what npm run doctor says of ledger and sweeps',
  ),
  image: need(
    'Is the newest image of each family of the kind that we need?',
    'right architecture, cloud-init, metadata with tokens, no larger than the disk',
    'name another family, or an image by its id, under images: in runners.yaml',
  ),
  rights: need(
    'Does a dry run need no more than the policy of the launcher gives?',
    'DryRunOperation, with that policy and nothing else',
    'the launcher would be refused: see “Tags are rights” in docs/security.md, and send us this page',
  ),
  launch: need(
    'Is the smallest spot instance to be had?',
    'one of the candidates is launched',
    'see the code; npm run advise shows what else there is',
  ),
  idempotent: fact(
    'Is a launch idempotent by its client token?',
    'the same instance for the same words',
    'a launch whose answer was lost may be made twice: the reaper finds the second by its tag and deletes it, at the price of a boot',
  ),
  lag: fact(
    'How long does a list by tag lag behind?',
    'two minutes at most',
    'an abandoned launch could be taken for absent, and its instance live until the next sweep sees it: send us this page',
  ),
  'early-deletion': fact(
    'Is deletion refused while an instance is starting?',
    'refused, so that the reaper asks again',
    'taken: nothing is to be done. “No such instance”: send us this page, because the product takes that for the end of it',
  ),
  'release-time': fact(
    'Does the release time stand?',
    'to the minute that was asked for',
    'nothing but the reaper ends an instance: watch its alerts, and send us this page',
  ),
  'disk-tags': fact(
    'Do tags reach the disks?',
    'each disk has the tags of its instance',
    'costs of disks are not found under the tags in bills; nothing else depends on it',
  ),
  boot: need(
    'Does it boot with our user data?',
    'to the start of the runner',
    'no job can run on this image: its console says where it stopped',
  ),
  metadata: need(
    'Does the metadata ask for a token?',
    'refused without a token, given with one',
    'the image’s cloud-init reads no user data, or metadata is open: see images: in docs/configure.md',
  ),
  packages: fact(
    'Are package mirrors reached from inside?',
    'the package index is fetched',
    'what the image lacks cannot be installed: use an image that has git, libicu and docker, or open a way out',
  ),
  mirror: fact(
    'Is the runner fetched from the mirror in the region?',
    'from the bucket’s internal endpoint',
    'it was fetched from GitHub, which from the mainland takes minutes: set mirrorBucket, then npm run mirror',
  ),
  reach: fact(
    'How is GitHub reached from inside?',
    'each of its hosts answers within 2 s, and files come at 1 MB/s or more',
    'jobs start late or fail: for release and codeload set mirrorBucket and mirror.actions, then npm run mirror; for web, api and broker placements[].proxy',
  ),
  'reach-mirrors': fact(
    'How are the bucket and the package mirrors reached from inside?',
    'each answers within 2 s, and the bucket gives 10 MB/s or more',
    'for a package mirror name another one, or none, under mirrors: in runners.yaml; a bucket that refuses wants the VPC of its placement: deploy, then npm run doctor',
  ),
  stop: need(
    'Does it stop itself?',
    'Stopped, after its runner ended',
    'the reaper deletes it when its job has ended, and its release time after that: nothing leaks, and each job costs more',
  ),
} satisfies Record<string, Fact>;

export type FactId = keyof typeof FACTS;
export const FACT_IDS = Object.keys(FACTS) as FactId[];

export type Verdict = 'as assumed' | 'otherwise' | 'not told';

export interface Finding {
  readonly verdict: Verdict;
  /** What was seen, without any id. */
  readonly seen: string;
  /** Milliseconds, where the question is how long. */
  readonly ms?: number;
}

export const asAssumed = (seen: string, ms?: number): Finding => finding('as assumed', seen, ms);
export const otherwise = (seen: string, ms?: number): Finding => finding('otherwise', seen, ms);
export const notTold = (why: string): Finding => finding('not told', why);

const finding = (verdict: Verdict, seen: string, ms?: number): Finding => ({
  ...{ verdict, seen },
  ...(ms === undefined ? {} : { ms }),
});
