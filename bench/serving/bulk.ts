import { median, type BenchResult } from '../bench-report.ts';
import type { LoadResult, PlannedRequest } from './load/load-plan.ts';
import type { ServedModel, ServedRow } from './models/served-model.ts';
import { sessionCost } from './models/session-cost.ts';
import { sendLoad } from './send-load.ts';
import { startTaxiway } from './sides/taxiway.ts';

/** Bulk is held to its bar; requests as large as /predict takes are shown beside it. Larger ones than 256 KiB are answered two at a time (MAXIMUM_BULK_REQUESTS). */
const sizes = [
  { rowsPerRequest: 1000, connections: 4, held: false },
  { rowsPerRequest: 8000, connections: 2, held: true },
] as const;

/** BYTES of the protocol: each text after its length in 4 bytes. */
function bytesTensor(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** A request of the Open Inference Protocol whose tensors follow its JSON part as bytes, and that asks for the same in the answer. */
export function binaryRequest(rows: readonly ServedRow[], { numbers, strings }: ServedModel, expected: number): PlannedRequest {
  const values = Float32Array.from(rows.flatMap((row) => numbers.map((name) => (row[name] === null ? Number.NaN : Number(row[name])))));
  const tensors = [
    { name: 'num', datatype: 'FP32', width: numbers.length, bytes: Buffer.from(values.buffer) },
    { name: 'cat', datatype: 'BYTES', width: strings.length, bytes: bytesTensor(rows.flatMap((row) => strings.map((name) => String(row[name] ?? '')))) },
  ].filter(({ width }) => width > 0);
  const inputs = tensors.map(({ name, datatype, width, bytes }) => ({ name, datatype, shape: [rows.length, width], parameters: { binary_data_size: bytes.length } }));
  const text = JSON.stringify({ inputs, outputs: [{ name: 'probability', parameters: { binary_data: true } }] });
  // Spaces up to a multiple of 8, as the service advises: numbers that begin there are not copied.
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  return {
    body: Buffer.concat([json, ...tensors.map(({ bytes }) => bytes)]).toString('base64'),
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(json.length) },
    expected,
  };
}

/** Rows per second through the protocol's binary tensors, in turn with a bare session that runs batches of the same size on the same core. */
export async function benchBulk(model: ServedModel, { quick }: { readonly quick: boolean }): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const size of sizes) results.push(...(await benchSize(model, size, quick)));
  return results;
}

async function benchSize(model: ServedModel, { rowsPerRequest, connections, held }: (typeof sizes)[number], quick: boolean): Promise<BenchResult[]> {
  const rounds = quick ? 3 : 7;
  const seconds = quick ? 1.5 : 4;
  const batch = Array.from({ length: rowsPerRequest }, (_, index) => model.rows[index % model.rows.length] ?? {});
  const side = { name: 'Taxiway', path: '/v2/models/flight-delay/infer', requests: [binaryRequest(batch, model, model.expected[0] ?? Number.NaN)], probability: { kind: 'binary-tensor' } } as const;
  const running = await startTaxiway(model);
  try {
    await sendLoad(side, running, { pace: { kind: 'closed', connections }, warmUp: 0, seconds: quick ? 2 : 5 });
    const bare: { wall: number; cpu: number }[] = [];
    const ours: LoadResult[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { cpuPerRun, runsPerSecond } = await sessionCost(model, batch, seconds);
      bare.push({ wall: 1e6 / runsPerSecond / rowsPerRequest, cpu: cpuPerRun / rowsPerRequest });
      ours.push(await sendLoad(side, running, { pace: { kind: 'closed', connections }, warmUp: 0.3, seconds }));
    }
    const result = (metric: string, pair: { readonly ours: number; readonly peerValue: number }, bar: number | null): BenchResult => ({ metric: `${metric}, ${model.name}, binary, ${rowsPerRequest} rows a request`, ...pair, peer: 'bare session', ratio: pair.ours / pair.peerValue, bar, rounds });
    return [
      result('µs per row', { ours: median(ours.map(({ goodput }) => 1e6 / goodput / rowsPerRequest)), peerValue: median(bare.map(({ wall }) => wall)) }, held ? 1 / 0.6 : null),
      result('CPU µs per row', { ours: median(ours.map(({ cpuPerAnswer }) => cpuPerAnswer / rowsPerRequest)), peerValue: median(bare.map(({ cpu }) => cpu)) }, null),
    ];
  } finally {
    await running.stop();
  }
}
