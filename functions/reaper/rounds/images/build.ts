/** One build of one image: decided and written, begun, followed to its end. */
import { rank } from '../../../../shared/advisor/rank.ts';
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import type { Config } from '../../../../shared/config/config.ts';
import { LIFETIME_MAX_MS } from '../../../../shared/limits.ts';
import { readMarkets } from '../../../../shared/market/read.ts';
import { TAG } from '../../../../shared/names.ts';
import { bakeryOf, type Recipe } from '../../../../shared/runner/images/bake.ts';
import type {
  BuildOrder,
  BuildProgress,
  BuildStart,
  CloudImage,
} from '../../../../shared/runner/images/image-builder.ts';
import { amendImageNote, type ImageNote } from '../../../../shared/runner/images/image-note.ts';
import type { ReaperWorld } from '../../world.ts';
import { afterBuild, whyBake } from './decide.ts';
import { resultsOf } from './own.ts';

const NAME_MAX_CHARS = 30;

/** The intention comes first: whoever goes on from it finds by its name what was begun. */
export async function decideBuild(
  name: string,
  recipe: Recipe,
  note: ImageNote,
  world: ReaperWorld,
): Promise<ImageNote> {
  const { config, clock, ledger, log } = world;
  const everyMs = config.images[name]?.bake?.every ?? 0;
  const nowMs = clock.nowMs();
  if (whyBake(note, recipe, everyMs, nowMs) === null) return note;
  return amendImageNote(
    name,
    (before) => {
      const because = whyBake(before, recipe, everyMs, nowMs);
      if (because === null) return before;
      log('image.baking', { image: name, because });
      const short = name.slice(0, NAME_MAX_CHARS);
      const build = {
        name: `${config.name}-${short}-${recipe.hash}-${Math.floor(nowMs / 1000).toString(36)}`,
        ...{ recipe: recipe.hash, runnerVersion: recipe.runnerVersion },
        ...{ startedAtMs: nowMs, because, executionId: null, step: 'not begun' },
      };
      return { ...before, build, isAsked: false };
    },
    { notes: ledger.notes },
  );
}

/** Nothing to do where none is under way. `listed`: all images of ours. */
export async function followBuild(
  name: string,
  recipe: Recipe,
  note: ImageNote,
  listed: readonly CloudImage[],
  world: ReaperWorld,
): Promise<ImageNote> {
  const { config, clock, ledger, images } = world;
  const { build } = note;
  if (build === null) return note;
  const { region } = bakeryOf(config);
  let begun: BuildStart | null = null;
  // A recipe that changed between the intention and the build: what was begun under it is followed, else given up.
  if (build.executionId === null && recipe.hash === build.recipe)
    begun = await images.begin(region, await orderOf(build.name, recipe, world));
  const executionId = begun?.kind === 'begun' ? begun.executionId : build.executionId;
  const progress =
    begun?.kind === 'refused' ? refusal(begun.because) : await images.progress(region, build.name);
  const isGivenUp = progress === null && recipe.hash !== build.recipe;
  const found = resultsOf(progress, region, listed);
  const next = await amendImageNote(
    name,
    (before) => {
      if (before.build?.name !== build.name) return before;
      if (isGivenUp) return { ...before, build: null };
      const isUnseen = progress?.kind === 'built' && found.every((each) => each.region !== region);
      const seen = isUnseen ? { ...progress, kind: 'runs' as const } : progress;
      return afterBuild({ ...before, build: { ...before.build, executionId } }, seen, found, clock.nowMs());
    },
    { notes: ledger.notes },
  );
  if (next.build?.name !== build.name) await endBuild(name, build.name, found, next, world);
  return next;
}

const refusal = (because: string): BuildProgress => ({
  kind: 'failed',
  step: 'refused',
  imageId: null,
  because,
});

async function endBuild(
  name: string,
  buildName: string,
  found: readonly CloudImage[],
  { failure }: ImageNote,
  world: ReaperWorld,
): Promise<void> {
  const { images, config, log } = world;
  await images.forget(bakeryOf(config).region, buildName);
  const alert = `image-${name}-bake`;
  log('image.baked', {
    image: name,
    build: buildName,
    regions: found.length,
    because: failure?.because ?? null,
  });
  if (failure === null) return resolveAlert(alert, world);
  await alertOnce(
    alert,
    `The image ${name} could not be baked (${failure.because}). Jobs go on with the last good one, or with the stock image. It is tried again; at once by: npm run image -- bake ${name}`,
    world,
  );
}

async function orderOf(name: string, recipe: Recipe, world: ReaperWorld): Promise<BuildOrder> {
  const { config } = world;
  const placement = bakeryOf(config);
  const { zone, instanceType } = await machineFor(recipe, world);
  const { image, arch } = { image: recipe.name, arch: recipe.arch };
  return {
    ...{ name, image, arch, instanceType, base: recipe.base },
    ...{ buildContent: recipe.buildContent, testContent: recipe.testContent },
    vSwitch: placement.zones[zone] ?? (Object.values(placement.zones)[0] as string),
    diskGiB: diskOf(config),
    bandwidthMbit: placement.egress === 'nat' ? 0 : placement.bandwidthMbit,
    resourceGroup: placement.resourceGroup,
    toRegions: config.placements.map(({ region }) => region),
    tags: { ...config.tags, [TAG.deployment]: config.name, [TAG.image]: image },
  };
}

/** No machine has a disk that is smaller than its image: as small as the smallest that is usual here. */
const diskOf = ({ defaults, profiles }: Config): number =>
  Math.min(500, defaults.disk, ...Object.values(profiles).flatMap(({ disk }) => disk ?? []));

/** The cheapest small one of the architecture: by itself Image Builder takes an x86 one. Null: nothing is known. */
async function machineFor({ name, arch }: Recipe, { config, ledger, log, clock }: ReaperWorld) {
  const own = { ...config, placements: [bakeryOf(config)] };
  const markets = await readMarkets(own, ledger.market, log);
  const [best] = rank({
    requirements: {
      ...{ arch, cpu: { min: 2, max: 4 }, memoryGiB: { min: 4, max: null }, capacityType: 'on-demand' },
      ...{ type: null, diskGiB: diskOf(config), image: name, profile: null, docker: true, sudo: true },
      lifetimeMs: LIFETIME_MAX_MS,
    },
    ...{ config: own, markets, unavailable: new Map(), nowMs: clock.nowMs(), firstTryAtMs: 0, offSpot: true },
  }).candidates;
  return { zone: best?.zone.slice(-1) ?? '', instanceType: best?.instanceType ?? null };
}
