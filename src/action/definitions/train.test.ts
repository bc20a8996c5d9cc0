import { describe, expect, test } from 'vitest';
import { trainDefinition } from './train.ts';

const dataset = `sha256:${'0'.repeat(64)}`;
const parse = (inputs: Readonly<Record<string, string>>): string[] => trainDefinition.inputs.safeParse({ dataset, ...inputs }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('an input of the other mode is refused, not ignored', () => {
  test.each([
    ['train', 'trials', '3', 'trial'],
    ['train', 'minutes', '3', 'trial'],
    ['train', 'shard', '2/4', 'trial'],
    ['trial', 'warm-start', dataset, 'train'],
    ['trial', 'champion', 'none', 'train'],
  ])('mode %s: %s', (mode, name, value, owner) => {
    expect(parse({ mode, [name]: value })).toEqual([`${name}: ${name} belongs to mode: ${owner}`]);
    expect(parse({ mode: owner, [name]: value })).toEqual([]);
  });

  test('but for values that say nothing', () => {
    expect(parse({ mode: 'train', shard: '1/1' })).toEqual([]);
    expect(parse({ mode: 'trial', champion: 'live', study: 'may' })).toEqual([]);
  });
});
