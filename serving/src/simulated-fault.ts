import { StartError } from './start-error.ts';

/** A fault that a labelled test image switches on, so that the rollback path can be shown on the real service. */
export interface SimulatedFault {
  /** As written in SIMULATED_FAULT: health, answers and the log repeat it. */
  readonly text: string;
  /** Milliseconds added to every request. */
  readonly slow: number;
  /** Added to every probability, which then is clipped to 0…1. */
  readonly skew: number;
  /** Rows that are answered truly before the fault begins. */
  readonly after: number;
}

const number = /^-?\d+(\.\d+)?$/;
const allowed = 'allowed is e.g. slow=150ms,skew=0.2,after=600';

/**
 * Reads SIMULATED_FAULT.
 * @throws StartError for an unknown or repeated part or a value out of range.
 */
export function parseSimulatedFault(text: string): SimulatedFault {
  const values = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name = '', written = ''] = part.trim().split('=');
    const digits = name === 'slow' ? written.replace(/ms$/, '') : written;
    const value = number.test(digits) ? Number(digits) : Number.NaN;
    const fits = name === 'skew' ? Math.abs(value) <= 1 : (name === 'slow' || name === 'after') && value >= 0 && value <= 1e9;
    if (!fits || values.has(name)) throw new StartError(`SIMULATED_FAULT: ${JSON.stringify(part)} is not understood; ${allowed}`);
    values.set(name, value);
  }
  return { text, slow: values.get('slow') ?? 0, skew: values.get('skew') ?? 0, after: values.get('after') ?? 0 };
}

/** What the fault makes of a true probability. */
export const skewed = (probability: number, fault: SimulatedFault): number => Math.min(1, Math.max(0, probability + fault.skew));
