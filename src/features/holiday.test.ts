import { expect, it } from 'vitest';
import { encodeFeatures, tableOf } from '../../test/builders/encode-features.ts';
import { daysNear } from './holiday.ts';

const train = tableOf({}, { day: ['2013-01-01', '2013-07-15', '', 'someday'] });

it('tells holidays, days near one and all others, five years on as well', async () => {
  const day = ['2013-07-04', '2013-07-02', '2013-07-06', '2013-07-07', '2018-12-25', '2018-12-24', '', 'someday', '2013-07-04T00:00'];
  const { dense, names } = await encodeFeatures([{ transform: 'holiday', columns: ['day'] }], train, { table: tableOf({}, { day }) });
  expect(names).toEqual(['day.holiday', 'day.near-holiday']);
  expect([...dense]).toEqual([1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

it('a holiday beside another is a holiday, not a day near one', () => {
  expect(daysNear(['2013-12-24', '2013-12-25'], 1)).toEqual(['2013-12-23', '2013-12-26']);
});

it('knows no holiday where no training row had a date', async () => {
  const { dense } = await encodeFeatures([{ transform: 'holiday', columns: ['day'], near: 0 }], tableOf({}, { day: ['', 'x'] }), { table: tableOf({}, { day: ['2013-07-04'] }) });
  expect([...dense]).toEqual([0, 0]);
});
