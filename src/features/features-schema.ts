import { z } from 'zod';
import { assertNever } from '../errors.ts';
import type { FeatureTransform } from './feature-transform.ts';
import { transformTable } from './transform-table.ts';

/** One entry of the pipeline's `features`: a transform by name, its columns and its options. */
export const featureSchema = z.discriminatedUnion('transform', [
  transformTable['cyclical-time'].schema,
  transformTable.embedding.schema,
  transformTable.holiday.schema,
  transformTable['min-max'].schema,
  transformTable['missing-indicator'].schema,
  transformTable.numeric.schema,
  transformTable['one-hot'].schema,
  transformTable['piecewise-linear'].schema,
  transformTable['quantile-normal'].schema,
  transformTable['target-encoding'].schema,
  transformTable['weather-severity'].schema,
]);

/** The pipeline's `features`, in the order in which their encodings reach the network. */
export const featuresSchema = z.array(featureSchema).min(1);

export type Feature = z.infer<typeof featureSchema>;
export type Features = z.infer<typeof featuresSchema>;

/** The transform with the options of one `features` entry. */
export function createTransform(feature: Feature): FeatureTransform {
  switch (feature.transform) {
    case 'cyclical-time':
      return transformTable['cyclical-time'].create(feature);
    case 'embedding':
      return transformTable.embedding.create(feature);
    case 'holiday':
      return transformTable.holiday.create(feature);
    case 'min-max':
      return transformTable['min-max'].create(feature);
    case 'missing-indicator':
      return transformTable['missing-indicator'].create(feature);
    case 'numeric':
      return transformTable.numeric.create(feature);
    case 'one-hot':
      return transformTable['one-hot'].create(feature);
    case 'piecewise-linear':
      return transformTable['piecewise-linear'].create(feature);
    case 'quantile-normal':
      return transformTable['quantile-normal'].create(feature);
    case 'target-encoding':
      return transformTable['target-encoding'].create(feature);
    case 'weather-severity':
      return transformTable['weather-severity'].create(feature);
    default:
      return assertNever(feature);
  }
}
