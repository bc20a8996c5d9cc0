import { describe, expect, test } from 'vitest';
import { trainDefinition } from './train.ts';

const dataset = `sha256:${'0'.repeat(64)}`;
const parse = (inputs: Readonly<Record<string, string>>): string[] => trainDefinition.inputs.safeParse({ dataset, ...inputs }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('an input of the other mode is refused, not ignored', () => {
  test.each([
    ['trials', '3', 'trial'],
    ['minutes', '3', 'trial'],
    ['shard', '2/4', 'trial'],
    ['warm-start', dataset, 'train'],
    ['champion', 'none', 'train'],
  ])('%s', (name, value, owner) => {
    expect(parse({ mode: owner === 'train' ? 'trial' : 'train', [name]: value })).toEqual([`${name}: ${name} belongs to mode: ${owner}`]);
    expect(parse({ mode: owner, [name]: value })).toEqual([]);
  });

  test('but for values that say nothing', () => {
    expect(parse({ mode: 'train', shard: '1/1' })).toEqual([]);
    expect(parse({ mode: 'trial', champion: 'live', study: 'may' })).toEqual([]);
  });
});
