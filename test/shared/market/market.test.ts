import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compact, readFull } from '../../../dev/catalog.ts';
import compactCatalog from '../../../shared/market/catalog.json' with { type: 'json' };
import { MARKET_ROW_MAX_BYTES } from '../../../shared/market/limits.ts';
import { decodeMarket, encodeMarket, zoneId } from '../../../shared/market/market.ts';
import { market, offer, type, wholeMarket } from '../advisor/builders.ts';

const GPU = type(
  'ecs.gn7.large',
  [offer('b', { price: null, onDemandPrice: null, spotStock: null, interruption: null })],
  {
    isSpecial: true,
    memoryGiB: 0.5,
    pricedAtMs: null,
  },
);

describe('a market as one row', () => {
  test('comes back as it was', () => {
    const whole = market([type('ecs.c8y.2xlarge', [offer('b'), offer('k', { spotStock: 'gone' })]), GPU], {
      incomplete: 'we were throttled',
      throttledAtMs: 7,
    });
    expect(decodeMarket(encodeMarket(whole))).toEqual(whole);
  });

  test('of more than 500 types in six zones stays far under its limit', () => {
    const whole = wholeMarket(1);
    const bytes = encodeMarket(whole);
    expect(whole.types.length).toBeGreaterThan(500);
    expect(bytes.length).toBeLessThan(MARKET_ROW_MAX_BYTES / 2);
    expect(decodeMarket(bytes).types.length).toBe(whole.types.length);
  });

  test('that would be too long is refused before it is written', () => {
    const words = Array.from({ length: 60_000 }, (_, each) =>
      type(`ecs.x${Math.imul(each, 2654435761) >>> 0}.large`, []),
    );
    expect(() => encodeMarket(market(words))).toThrow(/the market of cn-hangzhou needs \d+ bytes/);
  });
});

describe('bytes that are no market', () => {
  const good = JSON.parse(inflateSync(encodeMarket(market([GPU]))).toString());
  const spoiled = (change: object) => deflateSync(JSON.stringify({ ...good, ...change }));

  // biome-ignore format: a table reads best as a table.
  const cases: [name: string, bytes: Uint8Array, message: RegExp][] = [
    ['noise', new Uint8Array([1, 2, 3]), /cannot be unpacked/],
    ['nothing', new Uint8Array(0), /cannot be unpacked/],
    ['cut short', encodeMarket(market([GPU])).slice(0, 40), /cannot be unpacked/],
    ['no JSON', deflateSync('ecs'), /cannot be unpacked/],
    ['a bomb', deflateSync('0'.repeat(65 * MARKET_ROW_MAX_BYTES)), /cannot be unpacked/],
    ['another version', spoiled({ version: 2 }), /another shape: version/],
    ['a missing head', spoiled({ head: null }), /another shape: head/],
    ['a negative price', spoiled({ offers: [[0, 0, 0, 0, -1, 0, 0, 0, 0]] }), /another shape: offers/],
    ['a zone that it lacks', spoiled({ zones: [] }), /names a zone or type it lacks/],
    ['a type that it lacks', spoiled({ types: [] }), /names a zone or type it lacks/],
  ];
  test.each(cases)('%s is refused clearly', (_name, bytes, message) => {
    expect(() => decodeMarket(bytes)).toThrow(message);
  });
});

test('a zone is spelt as its region spells it', () => {
  expect([zoneId('cn-hangzhou', 'b'), zoneId('ap-southeast-1', 'a')]).toEqual([
    'cn-hangzhou-b',
    'ap-southeast-1a',
  ]);
});

test('the bundled catalogue is the whole catalogue (else: npm run catalog)', () => {
  expect(compactCatalog).toEqual(compact(readFull()));
});
