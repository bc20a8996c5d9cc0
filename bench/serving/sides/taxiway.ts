import { join } from 'node:path';
import { freePort, serverCore, startPinned } from '../child-processes.ts';
import { systemEnvironment } from '../../../src/packaging/system-layer.ts';
import type { PlannedRequest } from '../load/load-plan.ts';
import type { ServedModel, ServedRow } from '../models/served-model.ts';
import type { RunningSide, Side } from './side.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** The service as the image ships and starts it; from its source where BENCH_SERVING_SOURCE is set, for those who work on it. */
const serving = join(import.meta.dirname, '..', '..', '..', 'serving');
const program = process.env['BENCH_SERVING_SOURCE'] === undefined ? join(serving, 'dist', 'index.js') : join(serving, 'src', 'main.ts');

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Of Node. */
  readonly flags?: readonly string[];
  /** Milliseconds between questions whether it is ready. */
  readonly interval?: number;
}

export async function startTaxiway(model: ServedModel, { environment = {}, flags = [], interval = 50 }: StartOptions = {}): Promise<RunningSide> {
  const port = await freePort();
  const settings = { NODE_ENV: systemEnvironment.NODE_ENV, NODE_OPTIONS: systemEnvironment.NODE_OPTIONS, PORT: String(port), HOST: '127.0.0.1', MODEL_PATH: model.path, MODEL_DIGEST: model.digest, MODEL_NAME: 'flight-delay', MODEL_VERSION: '1', POD_NAME: 'bench', DRAIN_MINIMUM_MS: '0', DRAIN_QUIET_MS: '0', ...environment };
  const child = startPinned({ core: serverCore, program: process.execPath, arguments: [...flags, program], environment: settings });
  return waitUntilReady(child, { port, path: '/health/ready', interval });
}

export function jsonRequest(body: unknown, expected: number): PlannedRequest {
  return { body: Buffer.from(JSON.stringify(body)).toString('base64'), headers: { 'content-type': 'application/json' }, expected };
}

/** `count` rows a request: as many requests as there are rows, each beginning with another. */
export function rowRequests({ rows, expected }: ServedModel, count: number): PlannedRequest[] {
  const rowsFrom = (first: number): ServedRow[] => Array.from({ length: count }, (_, index) => rows[(first + index) % rows.length] ?? {});
  return expected.map((probability, first) => jsonRequest(count === 1 ? rows[first] : { rows: rowsFrom(first) }, probability));
}

export function taxiwaySide(model: ServedModel): Side {
  return { name: 'Taxiway', start: () => startTaxiway(model), path: '/predict', requests: rowRequests(model, 1), probability: { kind: 'json', path: ['predictions', 0, 'probability'] } };
}
