/** What lint says of labels is what webhook and launcher do with them, whatever they are: in a simulated world, job by job. */
import { expect, test } from 'vitest';
import { whatIsWrong } from '../../../cli/lint/check.ts';
import { seeded } from '../../../simulator/random.ts';
import { configOf, openWorld, seedRunnerRelease } from '../../world/in-process.ts';

const MORE = {
  limits: { runners: 1, runnersPerRepository: null, cpu: 32, disk: 200 },
  images: {
    amd64: { family: 'acs:ubuntu_24_04_x64' },
    arm64: { family: 'acs:ubuntu_24_04_arm64' },
    Old: { id: 'm-old', arch: 'amd64' },
  },
  profiles: { big: { cpu: 32, memory: 64 }, Graviton: { type: 'ecs.c8y', arch: 'arm64' } },
};
// biome-ignore format: a table reads best as a table.
const WORDS = [
  'self-hosted', 'Self-Hosted', 'aliyun', 'ALIYUN', 'arm64', 'aarch64', 'X64', 'amd64', 'x86_64', 'Linux', 'windows', 'macOS',
  '8cpu', '8CPU', '08cpu', '8-16cpu', '16-8cpu', '2+cpu', '0cpu', '33cpu', '8 cpu', 'cpu8', '16gb', '16GB', '16-64gb', '64-16gb', '0gb',
  'spot', 'spot-instance', 'on-demand', 'ecs.c8y', 'ECS.C8Y', 'ecs.c7.xlarge', 'ecs.c7.4xlarge', 'ecs.c8y.2xlarge', 'ecs.g8i', 'ecs.', 'disk-100gb', 'disk-9gb', 'disk-201gb',
  'debug', 'image-old', 'image-none', 'image-', 'big', 'BIG', 'graviton', 'ubuntu-latest', 'ubuntu-24.04-arm', 'arm46', '8cup', 'ключ', '',
];
const random = seeded(22);

/** Mostly ours: what is nobody's is soon told. */
function drawn(): readonly string[] {
  const base = random.chance(0.9) ? ['self-hosted', random.pick(['aliyun', 'Aliyun'])] : [];
  const arch = random.chance(0.7) ? [random.pick(['arm64', 'amd64', 'X64'])] : [];
  return [...base, ...arch, ...Array.from({ length: random.whole(0, 2) }, () => random.pick(WORDS))];
}

interface Refused {
  readonly event: string;
  readonly job: number;
  readonly because: string;
}

test('is a refusal where lint finds an error, and none where it finds none', async () => {
  const world = openWorld({ config: MORE });
  await seedRunnerRelease(world);
  // The market is known.
  await world.pass(120_000);
  const jobs = Array.from({ length: 240 }, (_, at) => ({
    name: String.fromCodePoint(0x4e00 + at),
    labels: drawn(),
    durationMs: 60_000,
  }));
  const asked = world.github.jobsOf(world.github.queueRun({ repository: 'acme/app', jobs }));
  await world.pass(240_000);
  world.fc.close();
  const lines = world.lines.map((line) => JSON.parse(line) as Refused);
  const because = new Map(
    lines.filter(({ event }) => event === 'launch.refused').map(({ job, because }) => [job, because]),
  );
  const done = asked.map(({ id, plan: { labels } }) => [labels.join(' '), inShort(because.get(id))]);
  const said = asked.map(({ plan: { labels } }) => [labels.join(' '), inShort(errorOf(labels))]);
  expect(done).toEqual(said);
  expect(said.filter(([, error]) => error === null).length).toBeGreaterThan(40);
});

const errorOf = (labels: readonly string[]): string | undefined =>
  whatIsWrong(labels, configOf(MORE)).find(({ level }) => level === 'error')?.because;

/** Of a type that is too small, lint names the label that helps, and the launcher the market. */
const inShort = (because: string | undefined): string | null =>
  because === undefined ? null : because.replace(/^.*ecs\.c7\.xlarge .*has 4.*$/, 'too small');
