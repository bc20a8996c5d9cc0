import { setFlagsFromString } from 'node:v8';
import type { Service } from '../service.ts';
import type { FeatureConfiguration } from './feature-configuration.ts';
import { startOnlineFeatures } from './open-online-features.ts';

/**
 * Turns online features on; loaded only where the configuration asks for them.
 * @returns begins to take in the feed's past, which takes seconds: full columns are answered meanwhile
 * @throws StartError
 */
export async function addOnlineFeatures(service: Service, configuration: FeatureConfiguration, onFailure: (cause: unknown) => void): Promise<() => void> {
  // Taking in weeks of events leaves a young generation that V8 keeps at its largest, 100 MB, though requests need a tenth of it.
  setFlagsFromString('--max-semi-space-size=4');
  setFlagsFromString('--semi-space-growth-factor=1');
  const { step, begin } = await startOnlineFeatures({
    configuration,
    columns: service.encoder.columns,
    queryDigest: service.model.description.datasetQueryDigest,
    maximumRows: service.configuration.maximumRows,
    registry: service.metrics.registry,
    onFailure,
  });
  service.featureStep = step;
  service.healthNotes.push(() => ({ features: { status: step.loaded ? 'ready' : 'loading' } }));
  service.closers.push(() => step.close().catch(onFailure));
  return begin;
}
