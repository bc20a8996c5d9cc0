import { cyclicalTime } from './cyclical-time.ts';
import { embedding } from './embedding.ts';
import { holiday } from './holiday.ts';
import { minMax } from './min-max.ts';
import { missingIndicator } from './missing-indicator.ts';
import { numeric } from './numeric.ts';
import { oneHot } from './one-hot.ts';
import { piecewiseLinear } from './piecewise-linear.ts';
import { quantileNormal } from './quantile-normal.ts';
import { targetEncoding } from './target-encoding.ts';
import { weatherSeverity } from './weather-severity.ts';

/** Every built-in transform, by the name the pipeline file uses. */
export const transformTable = {
  'cyclical-time': cyclicalTime,
  embedding,
  holiday,
  'min-max': minMax,
  'missing-indicator': missingIndicator,
  numeric,
  'one-hot': oneHot,
  'piecewise-linear': piecewiseLinear,
  'quantile-normal': quantileNormal,
  'target-encoding': targetEncoding,
  'weather-severity': weatherSeverity,
} as const;
