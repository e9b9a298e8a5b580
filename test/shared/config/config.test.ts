import { expect, test } from 'vitest';
import { parseConfig, parseYaml } from '../../../shared/config/parse.ts';

const minimal = `
repositories: {allow: ["my-org/*"]}
placements:
  - {region: cn-hangzhou, zones: {k: vsw-1a}, securityGroup: sg-1a}
`;

test('two keys are enough', () => {
  const parsed = parseYaml(minimal);
  expect(parsed).toMatchObject({ kind: 'ok', warnings: [] });
  if (parsed.kind === 'ok') {
    expect(parsed.config.limits).toMatchObject({ runners: 100, lifetime: 390 * 60_000, mintsPerMinute: 120 });
    expect(parsed.config.spot).toMatchObject({ patience: 300_000, duration: 1, priceLimitRatio: 1.2 });
    expect(parsed.config.images).toEqual({
      amd64: { family: 'acs:ubuntu_24_04_x64', metadata: 'hardened' },
      arm64: { family: 'acs:ubuntu_24_04_arm64', metadata: 'hardened' },
    });
  }
});

test('every mistake is named at once, by its path, and no value is repeated', () => {
  const parsed = parseYaml(`
name: 7hunter2
secret: hunter2
repositories: {allow: [hunter2]}
limits: {runners: hunter2, lifetime: 1hunter2}
spot: {duration: 6}
placements:
  - {region: hunter2, zones: {}, egress: hunter2, proxy: {https: hunter2}}
`);
  if (parsed.kind === 'ok') throw new Error('was accepted');
  const all = parsed.mistakes.join('\n');
  for (const path of [
    'name',
    'repositories.allow[0]',
    'limits.runners',
    'limits.lifetime',
    'spot.duration',
    'placements[0].region',
    'placements[0].zones',
    'placements[0].securityGroup: is missing',
    'placements[0].egress',
    'placements[0].proxy.https',
    "no key 'secret'",
  ])
    expect(all).toContain(path);
  expect(all).not.toContain('hunter2');
});

// biome-ignore format: a table reads best as a table.
const wrong: [what: string, yaml: string, mistake: RegExp][] = [
  ['broken YAML',                     `${minimal}\nname: [`,                                /is not YAML: a bracket is opened above and not closed/],
  ['text of another encoding',        `# \ufffd\ufffd\n${minimal}`,                         /is not text in UTF-8: save it so/],
  ['text of two bytes a sign',        '\ufffd\ufffdn\0a\0m\0e\0',                       /is not text in UTF-8: save it so/],
  ['a second document',               `${minimal}---\n${minimal}`,                          /a second document begins here/],
  ['a full-width colon',              `${minimal}limits：{runners: 3}`,                     /no key 'limits：\{runners' here; a full-width sign/],
  ['a full-width comma',              `${minimal}limits: {runners: 3，cpu: 4}`,             /is not YAML: .*a full-width sign/],
  ['lists in lists without end',      `a: ${'['.repeat(2000)}`,                             /is not YAML: .*too deep/],
  ['nothing',                         '',                                                   /must be a map/],
  ['a profile called like a label',   `${minimal}profiles: {arm64: {cpu: 2}}`,              /profiles\.arm64: is a label with a meaning/],
  ['a profile called like a base label', `${minimal}profiles: {aliyun: {cpu: 2}}`,          /profiles\.aliyun: is a base label/],
  ['a profile with an unknown image', `${minimal}profiles: {big: {image: none}}`,           /profiles\.big: there is no image/],
  ['a profile with a range upside down', `${minimal}profiles: {big: {cpu: 32-8}}`,          /profiles\.big\.cpu: .*smaller number first/],
  ['defaults with a range upside down', `${minimal}defaults: {cpu: 32-8}`,                  /defaults\.cpu: .*smaller number first/],
  ['a region twice',                  minimal + minimal.trim().split('\n').slice(-1)[0],    /placements\[1\]\.region: is named twice/],
  ['an image without architecture',   `${minimal}images: {baked: {id: m-1a}}`,              /images\.baked\.arch/],
  ['an image with id and family',     `${minimal}images: {arm64: {id: m-1a, family: x}}`,   /either family or id/],
  ['a lifetime beyond five days',     `${minimal}limits: {lifetime: 6d}`,                   /limits\.lifetime/],
  ['a warm pool with labels and a profile', `${minimal}warm: [{labels: [arm64], profile: big, hot: 1}]`, /warm\[0\]: must have either labels or a profile/],
  ['a warm pool of no architecture',  `${minimal}warm: [{labels: [8cpu], hot: 1}]`,         /warm\[0\]: its labels name no architecture/],
  ['a warm pool of no profile',       `${minimal}warm: [{profile: big, hot: 1}]`,           /warm\[0\]: there is no profile 'big'/],
  ['warm runners beyond the limit',   `${minimal}limits: {runners: 2}\nwarm: [{labels: [arm64], hot: 3}]`, /warm: keeps 3 runners, and limits.runners is 2/],
  ['a warm pool of nothing',          `${minimal}warm: [{labels: [arm64]}]`,                /warm\[0\]: must have hot, stopped or both/],
  ['stopped runners beyond the limit', `${minimal}limits: {runners: 2}\nwarm: [{labels: [arm64], hot: 1, stopped: 2}]`, /warm: keeps 3 runners, and limits.runners is 2/],
  ['a warm pool at no time',          `${minimal}warm: [{labels: [arm64], hot: 1, when: always}]`, /warm\[0\]\.when: must be spans/],
  ['a warm pool in no time zone',     `${minimal}warm: [{labels: [arm64], hot: 1, timeZone: Shanghai}]`, /warm\[0\]\.timeZone: must be a time zone/],
  ['a warm pool of any repository, in repository scope', `${minimal}github: {scope: repository}\nwarm: [{labels: [arm64], hot: 1}]`, /warm\[0\]: in repository scope/],
  ['warm runners beside public jobs', `repositories: {public: allow, allow: ["my-org/*"]}\n${minimal.split('\n').slice(2).join('\n')}warm: [{labels: [arm64], hot: 1}]`, /warm: is not for deployments/],
  ['defaults of no cores',            `${minimal}defaults: {cpu: 0-8}`,                     /defaults: a job without labels of its own is refused, because it asks for no cores/],
  ['defaults of no cores at least',   `${minimal}defaults: {cpu: 0+}`,                      /defaults: a job without labels of its own is refused, because it asks for no cores/],
  ['profiles that differ in case',    `${minimal}profiles: {Big: {cpu: 8}, big: {cpu: 16}}`, /profiles\.big: is profiles\.Big to a label/],
  ['images that differ in case',      `${minimal}images: {mine: {id: m-1a, arch: arm64}, Mine: {id: m-1b, arch: arm64}}`, /images\.Mine: is images\.mine to a label/],
  ['an image of an architecture in another case', `${minimal}images: {ARM64: {id: m-1a, arch: arm64}}`, /images\.ARM64: is images\.arm64 to a label/],
  ['an architecture’s image of the other', `${minimal}images: {amd64: {id: m-1a, arch: arm64}}`, /images\.amd64\.arch: must be amd64/],
  ['a tag of Alibaba’s',              `${minimal}tags: {acs:x: y}`,                         /tags/],
];

test.each(wrong)('%s is refused', (_what, yaml, mistake) => {
  const parsed = parseYaml(yaml);
  expect(parsed.kind === 'wrong' && parsed.mistakes.join('\n')).toMatch(mistake);
});

test('profiles that ask for the same are warned of', () => {
  const parsed = parseYaml(`${minimal}profiles: {a: {cpu: 2, arch: arm64}, b: {arch: arm64, cpu: 2}}`);
  expect(parsed.kind === 'ok' && parsed.warnings.join()).toMatch(
    /profiles\.b: asks for the same as profiles\.a/,
  );
});

test('what was parsed once parses the same from plain values', () => {
  expect(
    parseConfig({
      repositories: { allow: ['my-org/*'] },
      placements: [{ region: 'cn-hangzhou', zones: { k: 'vsw-1a' }, securityGroup: 'sg-1a' }],
    }),
  ).toEqual(parseYaml(minimal));
});

test('images of one’s own stand beside those of the architectures; naming one of these says which are offered', () => {
  const imagesOf = (yaml: string) => {
    const parsed = parseYaml(`${minimal}images: ${yaml}`);
    return parsed.kind === 'ok' ? Object.keys(parsed.config.images).sort() : parsed.mistakes;
  };
  expect(imagesOf('{mine: {id: m-abc, arch: amd64}}')).toEqual(['amd64', 'arm64', 'mine']);
  expect(imagesOf('{arm64: {id: m-abc}, mine: {id: m-abc, arch: arm64}}')).toEqual(['arm64', 'mine']);
});
