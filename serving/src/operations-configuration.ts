import { dirname, join } from 'node:path';
import { digestSetting, type Environment, setting, shareSetting, wholeNumber } from './environment.ts';
import { StartError } from './start-error.ts';

/** What operates the service beside its answers; all of it may be off. Durations are milliseconds. */
export interface OperationsConfiguration {
  /** The mounted operating point, or undefined: the threshold of the model's metadata. */
  readonly operatingPoint: string | undefined;
  /** Between two looks at it. */
  readonly operatingPointInterval: number;
  /** The model's reference profile; where no such file lies, features are not counted. */
  readonly modelProfile: string;
  readonly shadow: ShadowConfiguration | undefined;
  /** The share of requests that is logged. */
  readonly predictionLogSample: number;
}

export interface ShadowConfiguration {
  readonly path: string;
  readonly digest: string;
  readonly version: string;
  /** The share of requests that the challenger scores too. */
  readonly sample: number;
  /** Rows that may wait for it; further ones are dropped and counted. */
  readonly maximumQueuedRows: number;
}

function readShadow(environment: Environment): ShadowConfiguration | undefined {
  const path = setting(environment, 'SHADOW_MODEL_PATH');
  if (path === undefined) {
    if (setting(environment, 'SHADOW_MODEL_DIGEST') === undefined) return undefined;
    throw new StartError('SHADOW_MODEL_DIGEST is set, but not SHADOW_MODEL_PATH; set both or neither');
  }
  return {
    path,
    digest: digestSetting(environment, 'SHADOW_MODEL_DIGEST'),
    version: setting(environment, 'SHADOW_MODEL_VERSION') ?? 'unknown',
    sample: shareSetting(environment, 'SHADOW_SAMPLE'),
    maximumQueuedRows: wholeNumber(environment, 'SHADOW_MAXIMUM_QUEUED_ROWS', { standard: 2000, minimum: 1, maximum: 1e6 }),
  };
}

/** @throws StartError naming the variable, what was found and what is allowed */
export function readOperationsConfiguration(environment: Environment, modelPath: string): OperationsConfiguration {
  return {
    operatingPoint: setting(environment, 'OPERATING_POINT'),
    operatingPointInterval: wholeNumber(environment, 'OPERATING_POINT_INTERVAL_MS', { standard: 5000, minimum: 50, maximum: 3_600_000 }),
    modelProfile: setting(environment, 'MODEL_PROFILE') ?? join(dirname(modelPath), 'profile.json'),
    shadow: readShadow(environment),
    predictionLogSample: shareSetting(environment, 'PREDICTION_LOG_SAMPLE'),
  };
}
