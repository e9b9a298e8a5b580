/** What we ask the market with, and what we read of its answers, must be in the SDK's own models. */
import { expect, test } from 'vitest';
import * as z from 'zod';
import {
  AdviceAnswer,
  PricePage,
  StockAnswer,
  TypesPage,
} from '../../../shared/adapters/ecs/market-answers.ts';
import { fieldOf, type Model, models } from '../adapters/ecs/models.ts';
import { NOW_MS, REGION } from '../advisor/builders.ts';
import { simulated, smallRegion } from './simulated.ts';

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

const pathsIn = (shape: Shape, path: readonly string[] = []): readonly (readonly string[])[] => [
  ...Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => [
    [...path, name],
    ...pathsIn(inner, [...path, name]),
  ]),
  ...(shape.items === undefined ? [] : pathsIn(shape.items, path)),
  ...(shape.anyOf ?? []).flatMap((each) => pathsIn(each, path)),
];

const answers: [action: string, schema: z.ZodType, least: number][] = [
  ['DescribeInstanceTypes', TypesPage, 9],
  ['DescribeAvailableResource', StockAnswer, 11],
  ['DescribeSpotPriceHistory', PricePage, 9],
  ['DescribeSpotAdvice', AdviceAnswer, 7],
];
test.each(answers)('every field that is read of %s', (action, schema, least) => {
  const paths = pathsIn(z.toJSONSchema(schema) as Shape);
  expect(paths.length).toBeGreaterThanOrEqual(least);
  expect(paths.filter((path) => fieldOf(models[`${action}ResponseBody`] as Model, path) === null)).toEqual(
    [],
  );
});

test('every parameter that is sent', async () => {
  const world = simulated({ regions: [smallRegion()] });
  const deadlineMs = Number.POSITIVE_INFINITY;
  const types = ['ecs.c8y.2xlarge', 'ecs.g8y.2xlarge'];
  const query = {
    listTypes: true,
    prices: types,
    advice: types,
    sinceMs: NOW_MS - 20 * 86_400_000,
    deadlineMs,
  };
  await world.timed(() => world.source.refresh(REGION, null, query));
  const sent = world.asked.flatMap(({ action, params }) =>
    Object.keys(params).map((name) => ({ action, name })),
  );
  expect(new Set(sent.map(({ action }) => action)).size).toBe(4);
  expect(sent.some(({ name }) => name === 'Offset')).toBe(true);
  const strangers = sent.filter(
    ({ action, name }) => fieldOf(models[`${action}Request`] as Model, name.split('.')) === null,
  );
  expect(strangers).toEqual([]);
});
