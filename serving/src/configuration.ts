import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { digestSetting, type Environment, setting, wholeNumber } from './environment.ts';
import { type FeatureConfiguration, readFeatureConfiguration } from './online-features/feature-configuration.ts';
import { type OperationsConfiguration, readOperationsConfiguration } from './operations-configuration.ts';
import { type LogLocation, parseLogLocation } from './prediction-log/log-location.ts';
import { readRequestLimits, type RequestLimits } from './request-limits.ts';
import { parseSimulatedFault, type SimulatedFault } from './simulated-fault.ts';
import { StartError } from './start-error.ts';

/** Everything the service is told from outside, read once. Durations are milliseconds. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly modelPath: string;
  /** sha256:… of the model file that may be served. */
  readonly modelDigest: string;
  readonly modelName: string | undefined;
  readonly modelVersion: string;
  readonly imageDigest: string;
  readonly podName: string;
  /** Where the prediction log goes, or undefined: no log. */
  readonly predictionLog: LogLocation | undefined;
  /** The longest that a logged row waits in memory. */
  readonly predictionLogInterval: number;
  readonly simulatedFault: SimulatedFault | undefined;
  readonly maximumRows: number;
  readonly maximumBodyBytes: number;
  readonly maximumQueuedRows: number;
  readonly requests: RequestLimits;
  readonly drain: DrainConfiguration;
  readonly operations: OperationsConfiguration;
  /** Online features, or undefined: requests bring their columns. */
  readonly features: FeatureConfiguration | undefined;
}

export interface DrainConfiguration {
  /** Answer at least this long after SIGTERM: until every caller has seen that this pod is not ready. */
  readonly minimum: number;
  /** Then close once no request has come for this long. */
  readonly quiet: number;
  readonly maximum: number;
  /** What the prediction log has not been able to write for so long at the end is lost. */
  readonly log: number;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function readPodName(environment: Environment): string {
  const text = setting(environment, 'POD_NAME') ?? hostname();
  // It becomes part of file names.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(text)) throw new StartError(`POD_NAME is ${JSON.stringify(text)}; allowed are letters, digits, '.', '_' and '-'`);
  return text;
}

function readPredictionLog(environment: Environment): LogLocation | undefined {
  const text = setting(environment, 'PREDICTION_LOG');
  if (text === undefined) return undefined;
  const location = parseLogLocation(text);
  if (location === undefined) throw new StartError(`PREDICTION_LOG is ${JSON.stringify(text)}; allowed is file:/// and a folder, s3://bucket/prefix, or nothing`);
  return location;
}

function readLogLevel(environment: Environment): string {
  const level = setting(environment, 'LOG_LEVEL') ?? 'warn';
  if (!logLevels.includes(level)) throw new StartError(`LOG_LEVEL is ${JSON.stringify(level)}; allowed are ${logLevels.join(', ')}`);
  return level;
}

/**
 * Reads the environment of the service.
 * @param program Path of the program that runs: the model lies in `../model` beside its folder unless MODEL_PATH says otherwise.
 * @throws StartError naming the variable, what was found and what is allowed.
 */
export function readConfiguration(environment: Environment, program: string): Configuration {
  const fault = setting(environment, 'SIMULATED_FAULT');
  const modelPath = setting(environment, 'MODEL_PATH') ?? join(dirname(program), '..', 'model', 'model.onnx');
  return {
    host: setting(environment, 'HOST') ?? '127.0.0.1',
    port: wholeNumber(environment, 'PORT', { standard: 8080, minimum: 0, maximum: 65_535 }),
    logLevel: readLogLevel(environment),
    modelPath,
    modelDigest: digestSetting(environment, 'MODEL_DIGEST'),
    modelName: setting(environment, 'MODEL_NAME'),
    modelVersion: setting(environment, 'MODEL_VERSION') ?? 'unknown',
    imageDigest: setting(environment, 'IMAGE_DIGEST') ?? 'unknown',
    podName: readPodName(environment),
    predictionLog: readPredictionLog(environment),
    predictionLogInterval: wholeNumber(environment, 'PREDICTION_LOG_INTERVAL_MS', { standard: 2000, minimum: 10, maximum: 600_000 }),
    simulatedFault: fault === undefined ? undefined : parseSimulatedFault(fault),
    maximumRows: wholeNumber(environment, 'MAXIMUM_ROWS', { standard: 1000, minimum: 1, maximum: 100_000 }),
    maximumBodyBytes: wholeNumber(environment, 'MAXIMUM_BODY_BYTES', { standard: 4 * 2 ** 20, minimum: 1024, maximum: 2 ** 28 }),
    maximumQueuedRows: wholeNumber(environment, 'MAXIMUM_QUEUED_ROWS', { standard: 10_000, minimum: 1, maximum: 1e6 }),
    operations: readOperationsConfiguration(environment, modelPath),
    features: readFeatureConfiguration(environment, modelPath),
    requests: readRequestLimits(environment),
    drain: {
      minimum: wholeNumber(environment, 'DRAIN_MINIMUM_MS', { standard: 1500, minimum: 0, maximum: 600_000 }),
      quiet: wholeNumber(environment, 'DRAIN_QUIET_MS', { standard: 300, minimum: 0, maximum: 600_000 }),
      maximum: wholeNumber(environment, 'DRAIN_MAXIMUM_MS', { standard: 15_000, minimum: 0, maximum: 600_000 }),
      log: wholeNumber(environment, 'DRAIN_LOG_MS', { standard: 8000, minimum: 0, maximum: 600_000 }),
    },
  };
}
