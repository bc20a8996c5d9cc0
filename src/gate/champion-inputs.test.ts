import { expect, it } from 'vitest';
import { tableOf } from '../../test/builders/encode-features.ts';
import { lackingNote, withInputs } from './champion-inputs.ts';

it('an input that the rows lack, or have as another kind, is missing in each of them and is named', () => {
  const table = tableOf({ wind: [1, 2], gate: [3, 4] }, { carrier: ['AA', 'UA'] });
  const { table: filled, lacking } = withInputs(table, { num: ['wind', 'gust'], cat: ['carrier', 'gate'] });
  expect(lacking).toEqual(['gust', 'gate']);
  expect([...(filled.numbers.get('gust') ?? [])]).toEqual([NaN, NaN]);
  expect(filled.strings.get('gate')).toEqual(['', '']);
  expect([...(filled.numbers.get('wind') ?? [])]).toEqual([1, 2]);
  expect(lackingNote(lacking)).toEqual(['The snapshot has no gust, gate: the champion was asked with these inputs missing.']);
});

it('rows with every input stay as they are, without a note', () => {
  const table = tableOf({ wind: [1] }, { carrier: ['AA'] });
  const { table: same, lacking } = withInputs(table, { num: ['wind'], cat: ['carrier'] });
  expect(same).toBe(table);
  expect(lackingNote(lacking)).toEqual([]);
});
