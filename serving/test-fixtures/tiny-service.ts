import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readConfiguration, type Configuration } from '../src/configuration.ts';
import { loadModel, type LoadedModel } from '../src/model/load-model.ts';
import type { Scorer } from '../src/model/scorer.ts';
import type { LogSink } from '../src/prediction-log/log-sink.ts';
import { createServer } from '../src/server.ts';
import { createService, type Service } from '../src/service.ts';
import type { RequestTracing } from '../src/tracing/request-tracing.ts';

export const tinyModelPath = fileURLToPath(new URL('tiny.onnx', import.meta.url));
export const tinyModelBytes = new Uint8Array(readFileSync(tinyModelPath));
export const tinyModelDigest = `sha256:${createHash('sha256').update(tinyModelBytes).digest('hex')}`;

export const tinyEnvironment = {
  MODEL_PATH: tinyModelPath,
  MODEL_DIGEST: tinyModelDigest,
  MODEL_VERSION: '7',
  MODEL_NAME: 'tiny',
  IMAGE_DIGEST: `sha256:${'1'.repeat(64)}`,
  POD_NAME: 'pod-1',
  LOG_LEVEL: 'silent',
};

/** What the tiny model answers, worked out by hand. */
export function tinyProbability(row: { departure_delay: number | null; distance: number | null; carrier: string | null }): number {
  const carrier = row.carrier === 'AA' ? 1 : row.carrier === 'UA' ? -1 : 0;
  return 1 / (1 + Math.exp(-(0.1 * (row.departure_delay ?? 0) - 0.001 * (row.distance ?? 0) + carrier - 1)));
}

export const tinyRow = { flight_id: 'AA1-JFK-LAX', scheduled_departure: '2013-05-01T23:30:00-05:00', departure_delay: 20, distance: 2475, carrier: 'AA', origin: 'JFK' };

export const loadTinyModel = (): Promise<LoadedModel> => loadModel({ path: tinyModelPath, digest: tinyModelDigest, name: 'tiny', version: '7' });

export interface TinyServiceOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly scorer?: Scorer;
  readonly logSink?: LogSink;
  readonly tracing?: RequestTracing;
}

/** The real service over the tiny model; not listening. */
export async function createTinyService(options: TinyServiceOptions = {}): Promise<{ service: Service; app: ReturnType<typeof createServer>; configuration: Configuration }> {
  const configuration = readConfiguration({ ...tinyEnvironment, ...options.environment }, '/app/server/index.js');
  const loaded = await loadTinyModel();
  const model = options.scorer ? { ...loaded, scorer: options.scorer } : loaded;
  const service = createService({ configuration, model, logSink: options.logSink, tracing: options.tracing, startedAt: new Date('2013-06-01T00:00:00Z') });
  return { service, app: createServer(service), configuration };
}
