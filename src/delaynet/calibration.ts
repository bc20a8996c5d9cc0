import { assertNever } from '../errors.ts';
import type { Training } from './training-schema.ts';

/** calibrated logit = slope · logit + offset. */
export interface LogitCalibration {
  readonly slope: number;
  readonly offset: number;
}

const identity: LogitCalibration = { slope: 1, offset: 0 };

/**
 * Fits the calibration by maximum likelihood (Newton's method on a convex problem): `platt` (Platt, 1999) slope and offset,
 * `temperature` (Guo et al., 2017) the slope only. A fit that does not converge leaves the logits as they are.
 */
export function fitCalibration(method: Training['calibration'], logits: Float32Array, labels: Float64Array): LogitCalibration {
  switch (method) {
    case 'identity':
      return identity;
    case 'temperature':
      return newton(logits, labels, false);
    case 'platt':
      return newton(logits, labels, true);
    default:
      return assertNever(method);
  }
}

export function calibratedProbability(logit: number, { slope, offset }: LogitCalibration): number {
  return 1 / (1 + Math.exp(-(slope * logit + offset)));
}

function newton(logits: Float32Array, labels: Float64Array, withOffset: boolean): LogitCalibration {
  let slope = 1;
  let offset = 0;
  for (let turn = 0; turn < 50; turn++) {
    let [slopeGradient, offsetGradient, slopeCurve, crossCurve, offsetCurve] = [0, 0, 0, 0, 0];
    for (let row = 0; row < logits.length; row++) {
      const logit = logits[row] ?? 0;
      const probability = calibratedProbability(logit, { slope, offset });
      const error = probability - (labels[row] ?? 0);
      const curve = probability * (1 - probability);
      slopeGradient += error * logit;
      offsetGradient += error;
      slopeCurve += curve * logit * logit;
      crossCurve += curve * logit;
      offsetCurve += curve;
    }
    const determinant = withOffset ? slopeCurve * offsetCurve - crossCurve ** 2 : slopeCurve;
    if (!(determinant > 1e-12)) return identity;
    const slopeStep = withOffset ? (offsetCurve * slopeGradient - crossCurve * offsetGradient) / determinant : slopeGradient / determinant;
    const offsetStep = withOffset ? (slopeCurve * offsetGradient - crossCurve * slopeGradient) / determinant : 0;
    slope -= slopeStep;
    offset -= offsetStep;
    if (Math.abs(slopeStep) + Math.abs(offsetStep) < 1e-10) return slope > 0 ? { slope, offset } : identity;
  }
  return identity;
}
