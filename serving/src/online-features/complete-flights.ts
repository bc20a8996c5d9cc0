import type { RequestDeadline } from '../predict/request-deadline.ts';
import type { Row } from '../predict/row-encoder.ts';
import { RequestError } from '../request-error.ts';
import type { FeatureStep } from './feature-step.ts';

/** Whether a request names flights instead of bringing their columns. */
export function namesFlights(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'flights' in body;
}

export interface RowsOfFlights {
  readonly rows: readonly Row[];
  /** For each row the minute that its columns are of, ISO 8601. */
  readonly askedAt: readonly string[];
  readonly notes: Readonly<Record<string, string>>;
}

/**
 * Full rows of a request that names flights, and what its answer says of them as members of JSON text.
 * @throws RequestError features-off where the service has no feed; what the feature step throws
 */
export async function completeFlights(step: FeatureStep | undefined, body: unknown, deadline: RequestDeadline): Promise<RowsOfFlights> {
  if (step === undefined) throw new RequestError('features-off', 'Flight keys need the live feed, which is off here (FEATURE_FEED is not set); send the full columns.');
  const { rows, features } = await step.complete(body, deadline);
  return { rows, askedAt: features.askedAt, notes: { features: JSON.stringify(features) } };
}
