import { cyclicalTime } from './cyclical-time.ts';
import { embedding } from './embedding.ts';
import { minMax } from './min-max.ts';
import { numeric } from './numeric.ts';
import { oneHot } from './one-hot.ts';
import { quantileNormal } from './quantile-normal.ts';
import { targetEncoding } from './target-encoding.ts';

/** Every built-in transform, by the name the pipeline file uses. */
export const transformTable = {
  'cyclical-time': cyclicalTime,
  embedding,
  'min-max': minMax,
  numeric,
  'one-hot': oneHot,
  'quantile-normal': quantileNormal,
  'target-encoding': targetEncoding,
} as const;
