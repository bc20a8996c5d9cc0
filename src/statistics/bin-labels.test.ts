import { expect, test } from 'vitest';
import { binLabels } from './bin-labels.ts';
import { categoryBinCount } from './category-bins.ts';
import { numberBinCount } from './quantile-bins.ts';

test('there is one label for each entry of the count vector', () => {
  const numbers = { kind: 'number', edges: [0, 2.5] } as const;
  expect(binLabels(numbers)).toEqual(['≤ 0', '(0, 2.5]', '> 2.5', 'missing']);
  expect(binLabels(numbers)).toHaveLength(numberBinCount(numbers));
  const categories = { kind: 'category', categories: ['UA'] } as const;
  expect(binLabels(categories)).toEqual(['UA', 'other', 'missing']);
  expect(binLabels(categories)).toHaveLength(categoryBinCount(categories));
  expect(binLabels({ kind: 'number', edges: [] })).toEqual(['any', 'missing']);
});
