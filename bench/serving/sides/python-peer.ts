import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, serverCore, startPinned } from '../child-processes.ts';
import type { ServedModel, ServedRow } from '../models/served-model.ts';
import { peerPython } from '../../peer-environment.ts';
import { jsonRequest, rowRequests } from './taxiway.ts';
import type { RunningSide, Side } from './side.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const folder = join(import.meta.dirname, '..', 'peers');

/** What onnx_model.py reads. */
async function writeCase({ path, numbers, strings, rows }: ServedModel): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'bench-serving-peer-')), 'case.json');
  const labels = Object.keys(rows[0] ?? {}).filter((name) => !numbers.includes(name) && !strings.includes(name));
  await writeFile(file, JSON.stringify({ path, numbers, strings, labels, key: labels }));
  return file;
}

interface PeerStart {
  readonly python: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly port: number;
  readonly readyPath: string;
  readonly workFolder?: string;
}

async function startPeer(model: ServedModel, { python, arguments: more, environment = {}, port, readyPath, workFolder = folder }: PeerStart): Promise<RunningSide> {
  const settings = { BENCH_CASE: await writeCase(model), PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', PATH: `${dirname(python)}:${process.env['PATH'] ?? ''}`, ...environment };
  const child = startPinned({ core: serverCore, program: python, arguments: more, environment: settings, folder: workFolder });
  return waitUntilReady(child, { port, path: readyPath });
}

const numbersOf = (row: ServedRow, { numbers }: ServedModel): (string | number | null)[] => numbers.map((name) => row[name] ?? null);
const stringsOf = (row: ServedRow, { strings }: ServedModel): string[] => strings.map((name) => String(row[name] ?? ''));

export function fastApiSide(model: ServedModel): Side {
  const python = peerPython(join(folder, 'requirements-fastapi.txt'), 'venv-serving-fastapi');
  return {
    name: 'FastAPI',
    async start() {
      const port = await freePort();
      const more = ['-m', 'uvicorn', 'fastapi_app:app', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', '--loop', 'uvloop', '--http', 'httptools', '--no-access-log', '--log-level', 'warning'];
      return startPeer(model, { python, arguments: more, port, readyPath: '/health/ready' });
    },
    path: '/predict',
    requests: rowRequests(model, 1),
    probability: { kind: 'json', path: ['predictions', 0, 'probability'] },
  };
}

export function mlServerSide(model: ServedModel): Side {
  const python = peerPython(join(folder, 'requirements-mlserver.txt'), 'venv-serving-mlserver');
  const tensors = (row: ServedRow): object[] => [
    { name: 'num', datatype: 'FP32', shape: [1, model.numbers.length], data: numbersOf(row, model) },
    ...(model.strings.length > 0 ? [{ name: 'cat', datatype: 'BYTES', shape: [1, model.strings.length], data: stringsOf(row, model) }] : []),
  ];
  return {
    name: 'MLServer',
    async start() {
      const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
      const workFolder = await mkdtemp(join(tmpdir(), 'bench-serving-mlserver-'));
      // In its own process, without a pool of workers: on one core a pool only adds copying.
      await writeFile(join(workFolder, 'settings.json'), JSON.stringify({ host: '127.0.0.1', http_port: port, grpc_port: grpc, metrics_port: metrics, parallel_workers: 0, debug: false, metrics_endpoint: null, access_log: false }));
      await writeFile(join(workFolder, 'model-settings.json'), JSON.stringify({ name: 'flight-delay', implementation: 'mlserver_model.OnnxModel' }));
      return startPeer(model, { python, arguments: [join(dirname(python), 'mlserver'), 'start', workFolder], port, readyPath: '/v2/models/flight-delay/ready', workFolder });
    },
    path: '/v2/models/flight-delay/infer',
    requests: model.rows.map((row, index) => jsonRequest({ inputs: tensors(row) }, model.expected[index] ?? Number.NaN)),
    probability: { kind: 'json', path: ['outputs', 0, 'data', 0] },
  };
}

export function bentoMlSide(model: ServedModel): Side {
  const python = peerPython(join(folder, 'requirements-bentoml.txt'), 'venv-serving-bentoml');
  return {
    name: 'BentoML',
    async start() {
      const port = await freePort();
      const more = ['-m', 'bentoml', 'serve', 'bentoml_service:OnnxService', '--host', '127.0.0.1', '--port', String(port)];
      return startPeer(model, { python, arguments: more, environment: { BENTOML_DO_NOT_TRACK: 'True', BENTOML_HOME: await mkdtemp(join(tmpdir(), 'bench-serving-bentoml-')) }, port, readyPath: '/readyz' });
    },
    path: '/predict',
    requests: model.rows.map((row, index) => jsonRequest({ numbers: [numbersOf(row, model)], strings: [stringsOf(row, model)] }, model.expected[index] ?? Number.NaN)),
    probability: { kind: 'json', path: [0] },
  };
}
