/** How old the runner is that we hand out: GitHub gives no job to one too far behind. */
import * as z from 'zod';
import { applicationsAt, versionOf } from '../../../shared/adapters/github/runner-releases.ts';
import { wantedTools } from '../../../shared/config/tools.ts';
import type { Copies } from '../../../shared/runner/copies.ts';
import { bucketsWithout } from '../../../shared/runner/release.ts';
import { readGitHub } from '../../shared/read-github.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

/** GitHub docs, "Self-hosted runners reference": without its own update a runner has 30 days after any release. */
const DEADLINE_DAYS = 30;
const WARNING_DAYS = 20;
const DAY_MS = 24 * 3_600_000;

export const RUNNER_AGE_CHECK: Check = { name: 'runner version', needs: ['clock', 'ledger'], look };

async function look(world: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const [release, copies] = [await world.mirrored(), await world.copies()];
  return [
    ...(await age(world, release?.version ?? null)),
    ...copiesOf(world, release?.regions ?? null, copies),
    ...toolsOf(world, copies),
  ];
}

const MB = 1_000_000;

/** For each region with a bucket: what it has, or how far its copy is and why it ended. */
function copiesOf(
  { config }: DoctorWorld,
  regions: readonly string[] | null,
  copies: Copies | null,
): readonly CheckOutcome[] {
  if (regions === null) return [];
  const lacking = new Set(bucketsWithout(config.placements, regions));
  return config.placements.flatMap(({ region, mirrorBucket }) => {
    if (mirrorBucket === null) return [];
    const seen = copies?.regions[region];
    if (!lacking.has(region)) return [ok(`the bucket of ${region} has it`)];
    const far = seen === undefined ? '' : ` (${mb(seen.copiedBytes)} of ${mb(seen.sizeBytes)} MB are copied)`;
    const why = seen?.because == null ? '' : `; the last copy ended: ${seen.because}`;
    const text = `the bucket of ${region} does not have it${far}: each machine there fetches it from GitHub${why}`;
    return [warning(text, RUN_MIRROR)];
  });
}

/** For each region with a bucket, where `mirror.tools` names some. */
function toolsOf({ config }: DoctorWorld, copies: Copies | null): readonly CheckOutcome[] {
  if (wantedTools(config.mirror.tools).length === 0) return [];
  return config.placements.flatMap(({ region, mirrorBucket }) => {
    if (mirrorBucket === null) return [];
    const { list = null, because = null } = copies?.regions[region]?.tools ?? {};
    const late =
      because === null ? [] : [warning(`the last copy of tools to ${region} ended: ${because}`, RUN_MIRROR)];
    if (list === null)
      return [
        warning(
          `the bucket of ${region} has none of the tools: jobs get them from where their setup actions do`,
          RUN_MIRROR,
        ),
        ...late,
      ];
    const missing = `not to be had for the bucket of ${region}: ${list.missing.join(', ')}`;
    return [
      ok(`the bucket of ${region} has the tools ${list.has.join(', ')}`),
      ...(list.missing.length === 0
        ? []
        : [warning(missing, 'name a version under mirror.tools that is released with a checksum')]),
      ...late,
    ];
  });
}

const RUN_MIRROR = 'run npm run mirror, which asks for the copy again and shows how it gets on';

const mb = (bytes: number): number => Math.round(bytes / MB);

async function age(world: DoctorWorld, ours: string | null): Promise<readonly CheckOutcome[]> {
  if (ours === null)
    return [wrong('the ledger names no runner release: no job can start', 'run npm run mirror')];
  const { github, config } = world;
  if (new URL(config.github.baseUrl).hostname === 'github.com') return ageAtGitHub(world, ours);
  const named = await applicationsAt(github, config.github);
  const newest = named.map(versionOf).find((each) => each !== null);
  if (newest == null)
    return [warning('GitHub names no runner for Linux here', 'look at GitHub’s own page of new runners')];
  if (ours === newest) return [ok(`${ours} is the newest at ${new URL(config.github.baseUrl).host}`)];
  const text = `${ours} is not what ${new URL(config.github.baseUrl).host} gives: ${newest}`;
  return [warning(text, 'run npm run mirror, and look at the reaper’s log')];
}

const Release = z.object({
  tag_name: z.string(),
  published_at: z.string().nullable(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
});

async function ageAtGitHub({ github, nowMs }: DoctorWorld, ours: string): Promise<readonly CheckOutcome[]> {
  const route = 'GET /repos/{owner}/{repo}/releases';
  const params = { owner: 'actions', repo: 'runner', per_page: 30 };
  const listed = await readGitHub(github, route, params, 'none', z.array(Release));
  // What is tried out is nobody's newest, for GitHub either.
  const releases = listed
    .filter(({ draft, prerelease }) => draft !== true && prerelease !== true)
    .map(({ tag_name, published_at }) => ({
      version: tag_name.replace(/^v/, ''),
      publishedAtMs: Date.parse(published_at ?? ''),
    }));
  const newest = releases.toSorted((a, b) => b.publishedAtMs - a.publishedAtMs)[0];
  if (newest === undefined) return [warning('GitHub names no release', 'look at GitHub’s status page')];
  if (ours === newest.version) return [ok(`${ours} is the newest`)];
  const since = releases
    .filter(({ version }) => isNewer(version, ours))
    .map(({ publishedAtMs }) => publishedAtMs);
  const days = Math.floor((nowMs() - Math.min(...since)) / DAY_MS);
  const text = `${ours} is behind ${newest.version} for ${days} days, and GitHub allows ${DEADLINE_DAYS}`;
  if (days >= WARNING_DAYS) return [wrong(text, 'run npm run mirror, and look at the reaper’s log')];
  return days > 2 ? [warning(text, 'run npm run mirror, and look at the reaper’s log')] : [ok(text)];
}

function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  return at >= 0 && (a[at] as number) > (b[at] ?? 0);
}
