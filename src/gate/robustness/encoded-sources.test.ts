import { expect, test } from 'vitest';
import { featuresSchema } from '../../features/features-schema.ts';
import { encodedSources } from './encoded-sources.ts';

const weather = ['visibility', 'wind', 'gust', 'rain', 'rain_hour', 'degrees'];

test('an encoded column is made of the one whose name it carries; a number made of several columns, of them all', () => {
  const features = featuresSchema.parse([
    { transform: 'numeric', columns: ['wind', 'wind_gust'] },
    { transform: 'embedding', columns: ['carrier'], dimensions: 2 },
    { transform: 'weather-severity', columns: weather },
    { transform: 'missing-indicator', columns: ['wind'] },
  ]);
  expect(encodedSources(features, { names: ['wind', 'wind_gust', 'weather-severity', 'wind.missing'], widths: [2, 0, 1, 1] })).toEqual([['wind'], ['wind_gust'], weather, ['wind']]);
});
