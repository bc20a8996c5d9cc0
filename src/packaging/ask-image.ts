import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { UserError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import { compareGoldenAnswer, type GoldenCheckRequest, type GoldenCheckResult } from './golden-check.ts';
import { type UnpackedImage, unpackImage } from './unpack-image.ts';

export interface AskImageOptions {
  readonly images: ImageRegistry;
  readonly clock: Clock;
  /** Where images are unpacked. */
  readonly folder: string;
  /** The Node program that runs the image. */
  readonly nodeProgram: string;
  /** Variables without which no program starts on this platform, e.g. SystemRoot on Windows. */
  readonly platformEnvironment?: Readonly<Record<string, string>>;
  /** Milliseconds until /health/ready must answer. Default 15 000. */
  readonly readyDeadline?: number;
}

const answerDeadline = 30_000;
const stopDeadline = 5_000;
const keptOutput = 2_000;

/**
 * Unpacks the image, runs its entrypoint on a free port of 127.0.0.1, asks it all golden requests at once and stops it, whatever happens.
 * An image that does not start or answer is a result, not an exception; an image that is missing or damaged is a UserError.
 */
export async function askImage(request: GoldenCheckRequest, options: AskImageOptions): Promise<GoldenCheckResult> {
  const image = await unpackImage(options.images, request.imageDigest, { into: options.folder });
  const port = await freePort();
  const service = start(image, { ...options, port });
  try {
    const failure = await waitUntilReady(service, `http://127.0.0.1:${port}/health/ready`, options);
    if (failure !== undefined) return { kind: 'failed', reason: failure };
    return await ask(`http://127.0.0.1:${port}/predict`, request);
  } finally {
    await stop(service.process);
  }
}

interface Service {
  readonly process: ChildProcess;
  /** The end of what it wrote to standard error. */
  readonly output: () => string;
  readonly startError: () => string | undefined;
}

function start(image: UnpackedImage, options: AskImageOptions & { port: number }): Service {
  const [program = '', ...rest] = image.entrypoint;
  if (program !== 'node') {
    throw new UserError('image-invalid', `${image.digest} starts ${JSON.stringify(program)}; only node can be started here`, { hint: 'Deploy an image that register made.' });
  }
  // Nothing of this process's environment: an image answers by what is in it.
  const env = {
    ...options.platformEnvironment,
    ...image.environment,
    PORT: String(options.port),
    HOST: '127.0.0.1',
    IMAGE_DIGEST: image.digest,
    POD_NAME: 'golden-check',
    PREDICTION_LOG: '',
    DRAIN_MINIMUM_MS: '0',
    DRAIN_QUIET_MS: '0',
  };
  const child = spawn(options.nodeProgram, rest, { cwd: image.folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  let startError: string | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-keptOutput)));
  child.on('error', (error) => (startError = error.message));
  return { process: child, output: () => output.trim(), startError: () => startError };
}

/** Undefined once it is ready, otherwise why it is not. */
async function waitUntilReady(service: Service, url: string, options: AskImageOptions): Promise<string | undefined> {
  const deadline = options.clock.now() + (options.readyDeadline ?? 15_000);
  while (options.clock.now() < deadline) {
    if (service.startError() !== undefined) return `the image cannot be started: ${service.startError()}`;
    if (hasEnded(service.process)) return `the image ended before it was ready${said(service)}`;
    const ready = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    // Another process may have taken the port: only a living child answers for the image.
    if (ready && !hasEnded(service.process)) return undefined;
    await options.clock.sleep(50);
  }
  return `the image was not ready in time${said(service)}`;
}

async function ask(url: string, request: GoldenCheckRequest): Promise<GoldenCheckResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-taxiway-purpose': 'verification' },
      body: JSON.stringify({ rows: request.rows.map((row) => row.columns) }),
      signal: AbortSignal.timeout(answerDeadline),
    });
    const text = await response.text();
    if (!response.ok) return { kind: 'failed', reason: `the image answered ${response.status}: ${text.slice(0, 300)}` };
    return compareGoldenAnswer(JSON.parse(text), request);
  } catch (error) {
    return { kind: 'failed', reason: `the image did not answer: ${error instanceof Error ? error.message : 'unknown reason'}` };
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), stopDeadline);
  await ended;
  clearTimeout(kill);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function said(service: Service): string {
  return service.output() === '' ? '' : `: ${service.output()}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
