import { setFlagsFromString } from 'node:v8';
import type { Service } from '../service.ts';
import type { FeatureConfiguration } from './feature-configuration.ts';
import { startOnlineFeatures } from './open-online-features.ts';

/** Turns online features on; loaded only where the configuration asks for them. @throws StartError */
export async function addOnlineFeatures(service: Service, configuration: FeatureConfiguration, onFailure: (cause: unknown) => void): Promise<void> {
  // Taking in weeks of events leaves a young generation that V8 keeps at its largest, 100 MB, though requests need a tenth of it.
  setFlagsFromString('--max-semi-space-size=4');
  setFlagsFromString('--semi-space-growth-factor=1');
  const step = await startOnlineFeatures({
    configuration,
    columns: service.encoder.columns,
    queryDigest: service.model.description.datasetQueryDigest,
    maximumRows: service.configuration.maximumRows,
    registry: service.metrics.registry,
    onFailure,
  });
  service.featureStep = step;
  service.closers.push(() => step.close().catch(onFailure));
}
