import { z } from 'zod';
import type { Table } from '../data/table.ts';
import { medianOfPresent, numberColumn } from './column-values.ts';
import { createTransform, type Features } from './features-schema.ts';

/** What the training rows taught the transforms: all that is needed, with `features`, to build the feature graph again. */
export const fittedFeaturesSchema = z.strictObject({
  /** Columns of the graph's `num` input, in order, with the training median that replaces a missing value. */
  numberColumns: z.array(z.strictObject({ name: z.string(), median: z.number() })),
  /** Columns of the graph's `cat` input, in order. */
  stringColumns: z.array(z.string()),
  /** The number column that the network's head sees unencoded. */
  observed: z.string().nullable(),
  /** One entry for each entry of `features`. */
  transforms: z.array(z.unknown()),
});

export type FittedFeatures = z.infer<typeof fittedFeaturesSchema>;

export interface FitFeaturesOptions {
  readonly table: Table;
  /** 0 or 1 a row. */
  readonly labels: Float64Array;
  readonly observed?: string;
}

/**
 * Fits every transform on the training rows.
 * @throws UserError `column-missing` if the rows lack a column.
 */
export function fitFeatures(features: Features, options: FitFeaturesOptions): FittedFeatures {
  const { table, labels, observed } = options;
  const transforms = features.map(createTransform);
  const columnsOf = (input: 'number' | 'string'): string[] => transforms.flatMap((transform) => (transform.input === input ? transform.columns : []));
  const numberNames = new Set([...columnsOf('number'), ...(observed === undefined ? [] : [observed])]);
  const fitted: FittedFeatures = {
    numberColumns: [...numberNames].map((name) => ({ name, median: medianOfPresent(numberColumn(table, name)) })),
    stringColumns: [...new Set(columnsOf('string'))],
    observed: observed ?? null,
    transforms: transforms.map((transform) => transform.fit(table, labels)),
  };
  // Through JSON at once (which knows no −0): what trains now is exactly what a stored checkpoint brings back.
  return fittedFeaturesSchema.parse(JSON.parse(JSON.stringify(fitted)));
}
