/**
 * The house from top to bottom, as docs/architecture.md draws it. A file imports from floors below its own, and from
 * its own room; rooms of one floor do not know each other.
 */

/** Rooms by path prefix, highest floor first; of several that fit a file, the longest is its room. */
export const FLOORS: readonly (readonly string[])[] = [
  ['test/', 'vitest.'],
  // Commands, each a folder; `dev/` is for those who change the project.
  ['cli/index.ts'],
  ['cli/verbs.ts'],
  ['dev/'],
  // Idle machines that go away: a bench counts them, too.
  ['test/functions/reaper/going-away-world.ts'],
  ['test/functions/reaper/scale-world.ts'],
  ['test/functions/reaper/fixture.ts'],
  ['test/shared/ledger/builders.ts'],
  // Seeds of whole days are played by a command, too.
  ['test/simulation/'],
  ['test/world/'],
  ['cli/dashboard/', 'cli/setup/'],
  ['cli/connect/', 'cli/logs/'],
  ['cli/destroy/', 'cli/explain/', 'cli/stop/'],
  ['cli/create/', 'cli/deploy/', 'cli/list/', 'cli/prove/'],
  [
    'cli/advise/',
    'cli/build/',
    'cli/cost/',
    'cli/doctor/',
    'cli/image/',
    'cli/infra-synth/',
    'cli/job/',
    'cli/keep/',
    'cli/lint/',
    'cli/mirror/',
    'cli/retire/',
  ],
  ['cli/start/'],
  ['cli/shared/'],
  ['build.ts'],
  // The simulated world: services below, the whole of it above.
  ['simulator/empty-account/', 'simulator/machine/'],
  ['simulator/loopback.ts'],
  [
    'simulator/loopback-functions.ts',
    'simulator/management/',
    'simulator/releases.ts',
    'simulator/timed-driver.ts',
  ],
  ['simulator/assistant.ts'],
  ['simulator/canned-shell.ts', 'simulator/told-by-user-data.ts'],
  ['simulator/ecs/', 'simulator/function-compute/', 'simulator/github/', 'simulator/instance-metadata/'],
  ['simulator/tools.ts', 'simulator/log-service.ts', 'simulator/oss/', 'simulator/tablestore/'],
  [
    'simulator/accounts.ts',
    'simulator/actions.ts',
    'simulator/clock.ts',
    'simulator/random.ts',
    'simulator/starvation.ts',
  ],
  ['simulator/tar.ts'],
  ['infra/'],
  // Functions: the entry puts the real world together, the adapters are the real world, a story knows neither.
  [
    'functions/launcher/index.ts',
    'functions/mirror/index.ts',
    'functions/reaper/index.ts',
    'functions/webhook/index.ts',
  ],
  ['shared/adapters/adapters.ts'],
  ['shared/adapters/secrets/', 'shared/adapters/oss/'],
  ['shared/adapters/'],
  ['shared/adapters/ecs/', 'shared/adapters/function-compute/', 'shared/adapters/github/'],
  ['shared/adapters/alibaba/', 'shared/adapters/tablestore/'],
  ['shared/adapters/http/'],
  ['functions/reaper/reap.ts'],
  ['functions/reaper/sweep.ts'],
  ['functions/reaper/rounds/'],
  ['functions/reaper/brake/'],
  ['functions/reaper/repair/', 'functions/reaper/stop/'],
  ['functions/reaper/survey/'],
  ['functions/reaper/events/'],
  ['functions/reaper/ending/'],
  ['functions/launcher/', 'functions/mirror/', 'functions/reaper/', 'functions/webhook/'],
  // What the functions share: no vendor, no clock, no environment.
  ['shared/market/refresh.ts'],
  ['shared/market/plan.ts'],
  ['shared/advisor/', 'shared/config/parse.ts', 'shared/market/read.ts'],
  ['shared/runner/', 'shared/warm/', 'shared/config/mistakes', 'shared/market/catalog.ts'],
  ['shared/job/', 'shared/quota/', 'shared/market/merge.ts', 'shared/alert-once.ts', 'shared/github-note.ts'],
  ['shared/memoize.ts', 'shared/story/', 'shared/code-note.ts'],
  ['shared/github-trust.ts', 'shared/names.ts', 'shared/ports.ts'],
  ['shared/budget.ts', 'shared/config/', 'shared/ledger/', 'shared/market/'],
  ['shared/check-runs/'],
  [
    'shared/figures.ts',
    'shared/in-parallel.ts',
    'shared/github-limits.ts',
    'shared/json.ts',
    'shared/limits.ts',
    'shared/nouns.ts',
    'shared/words/',
    'shared/yaml.ts',
  ],
  ['shared/offers.ts'],
];

/** Null: the file has no room, and wants one. The number counts floors from the top. */
export function roomOf(path: string): { readonly room: string; readonly floor: number } | null {
  const rooms = FLOORS.flatMap((floor, at) => floor.map((room) => ({ room, floor: at })));
  const fitting = rooms.filter(({ room }) => path.startsWith(room));
  return fitting.sort((a, b) => b.room.length - a.room.length)[0] ?? null;
}
