/** Each mistake of an operator's has its line, its key, what is wanted, and where a word is near, that word. */
import { expect, test } from 'vitest';
import { parseYaml } from '../../../shared/config/parse.ts';

const NETWORK = 'placements:\n  - {region: cn-hangzhou, zones: {b: vsw-abc}, securityGroup: sg-abc}\n';
const GOOD = `repositories: {allow: ["my-org/*"]}\n${NETWORK}`;

/** Lines 1 to 3 are good; what is wrong begins on line 4. */
const more = (text: string) => `${GOOD}${text}\n`;

const WRONG: readonly (readonly [yaml: string, line: number | null, says: string])[] = [
  [more('limits:\n\trunners: 5'), 5, 'line 5: is not YAML (a tab at the beginning: use blanks)'],
  [more('limits:\n  runners: 5\n cpu: 8'), 6, 'is not YAML'],
  [more('name: a1\nname: a2'), 5, 'line 5: is not YAML (a key stands here a second time)'],
  ['', null, 'runners.yaml: must be a map of keys, and is empty or a list'],
  ['- a\n- b\n', null, 'runners.yaml: must be a map of keys, and is empty or a list'],
  [more('limit: {runners: 5}'), 4, "runners.yaml: there is no key 'limit' here; is 'limits' meant?"],
  [more('limits:\n  runner: 5'), 5, "limits: there is no key 'runner' here; is 'runners' meant?"],
  [more('limits:\n  lifetime: 390'), 5, 'limits.lifetime: must be a time such as 90s, 5m, 6h or 5d'],
  [more('limits:\n  lifetime: 5m'), 5, 'limits.lifetime: must lie between 10m and 5d'],
  [more('spot:\n  duration: 3'), 5, 'spot.duration: must be 0 or 1'],
  [more('defaults:\n  disk: 100gb'), 5, 'defaults.disk: must be a number, without a unit'],
  [more('defaults:\n  disk: 5'), 5, 'defaults.disk: must be at least 20'],
  [
    more('github: {baseUrl: https://ghe.acme.example}\ncontrol:\n  deployFrom: {repository: acme/infra}'),
    6,
    'control.deployFrom: is for github.com alone',
  ],
  [more('defaults:\n  cpu: 32-8'), 5, 'defaults.cpu: must be written with the smaller number first'],
  [more('defaults:\n  cpu: many'), 5, 'defaults.cpu: must be cores, a range such as 8-32'],
  [more('defaults:\n  docker: "yes"'), 5, 'defaults.docker: must be true or false'],
  [more('limits:\n  runners: -1'), 5, 'limits.runners: must be at least 1'],
  [more('limits:\n  runners: 9999'), 5, 'limits.runners: must be at most 5000'],
  [`repositories:\n  allow: acme/*\n${NETWORK}`, 2, "repositories.allow: must be a list, such as ['a', 'b']"],
  [`repositories:\n  allow: []\n${NETWORK}`, 2, 'repositories.allow: must name at least one repository'],
  [
    `repositories:\n  allow:\n    - acme\n${NETWORK}`,
    3,
    'repositories.allow[0]: must be owner/name or owner/*',
  ],
  [NETWORK, null, 'repositories: is missing'],
  ['repositories: {allow: [a/b]}\n', null, 'placements: is missing'],
  [more('profiles:\n  big:\n    arch: x64'), 6, 'profiles.big.arch: must be amd64 or arm64'],
  [more('profiles:\n  spot: {}'), 5, 'profiles.spot: is a label with a meaning of its own already'],
  [more('profiles:\n  big: {image: mine}'), 5, "profiles.big: there is no image 'mine' in runners.yaml"],
  [more('profiles:\n  big: {cpus: 8}'), 5, "profiles.big: there is no key 'cpus' here; is 'cpu' meant?"],
  [more('images:\n  mine: {id: m-abc}'), 5, 'images.mine.arch: must be amd64 or arm64'],
  [more('github:\n  baseUrl: github.com'), 5, 'github.baseUrl: must be an http or https address'],
  [more('github:\n  scope: org'), 5, 'github.scope: must be organization or repository'],
  [more('tags:\n  aliyunTeam: a'), 5, 'tags.aliyunTeam: must not start with aliyun or acs:'],
  [
    `${GOOD}  - {region: cn-hangzhou, zones: {h: vsw-def}, securityGroup: sg-def}\n`,
    4,
    'placements[1].region: is named twice; put all its zones in one placement',
  ],
  [
    GOOD.replace('vsw-abc', 'vsw-pending'),
    3,
    'placements[0].zones: an id is still pending, which deploy fills in only for a network that it makes',
  ],
];

test.each(WRONG)('%j: line %s, %s', (yaml, line, says) => {
  const parsed = parseYaml(yaml);
  if (parsed.kind !== 'wrong') throw new Error('it is taken');
  expect(parsed.mistakes[0]).toContain(says);
  expect(parsed.lines[0]).toBe(line);
  expect(parsed.lines.length).toBe(parsed.mistakes.length);
});

test('what surrounds each of them is good', () => {
  expect(parseYaml(GOOD)).toMatchObject({ kind: 'ok' });
});

test('one image of one’s own leaves those of the architectures', () => {
  const parsed = parseYaml(more('images: {mine: {id: m-abc, arch: amd64}}'));
  expect(parsed.kind === 'ok' && Object.keys(parsed.config.images).sort()).toEqual([
    'amd64',
    'arm64',
    'mine',
  ]);
});

test('no value is told: it may be a secret by accident', () => {
  const parsed = parseYaml(more('github: {runnerGroup: [hunter2]}\nalerts: {url: hunter2}\nname: HUNTER2'));
  expect(parsed.kind === 'wrong' && parsed.mistakes.join('\n')).not.toMatch(/hunter2/i);
});
