import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PodImage } from './pod-image.ts';

export interface PodProcessOptions {
  readonly name: string;
  readonly image: PodImage;
  /** On top of the image's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the pid files. */
  readonly pidFolder: string;
}

export interface PodExit {
  readonly text: string;
}

const guard = fileURLToPath(new URL('./end-with-parent.ts', import.meta.url));
const keptErrorCharacters = 2000;

/** One run of a pod's program. A crashed pod gets a new one. */
export class PodProcess {
  readonly url: string;
  readonly exited: Promise<PodExit>;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string, pidFile: string) {
    this.child = child;
    this.url = url;
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-keptErrorCharacters);
    });
    this.exited = new Promise((resolve) => {
      const finish = (how: string): void => {
        const last = errors.trim().split('\n').at(-1) ?? '';
        void rm(pidFile, { force: true }).finally(() => resolve({ text: last === '' ? how : `${how}: ${last.slice(0, 300)}` }));
      };
      child.on('error', (error) => finish(`could not start (${error.message})`));
      child.on('close', (code, signal) => finish(signal === null ? `exit code ${code ?? 'unknown'}` : `ended by ${signal}`));
    });
  }

  static async start(options: PodProcessOptions): Promise<PodProcess> {
    const { image, name } = options;
    const port = await freePort();
    const [program, ...parameters] = image.entrypoint.map((part) => inFolder(image.folder, part));
    const environment = Object.fromEntries(Object.entries(image.environment).map(([key, value]) => [key, inFolder(image.folder, value)]));
    const command = program === undefined || program === 'node' ? process.execPath : program;
    const guarded = command === process.execPath ? ['--import', guard, ...parameters] : parameters;
    const child = spawn(command, guarded, {
      cwd: image.folder,
      // A pod sees what its image and its manifest say, nothing of the shell that started the cluster.
      env: { PATH: process.env['PATH'] ?? '', ORT_DISABLE_TELEMETRY: '1', ...environment, HOST: '127.0.0.1', ...options.environment, POD_NAME: name, PORT: String(port) },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin.on('error', () => undefined);
    await mkdir(options.pidFolder, { recursive: true });
    const pidFile = join(options.pidFolder, `${name}.json`);
    await writeFile(pidFile, JSON.stringify({ pid: child.pid, command: [command, ...guarded] }));
    return new PodProcess(child, `http://127.0.0.1:${port}`, pidFile);
  }

  /** SIGTERM, then SIGKILL after `grace` milliseconds. Resolves when it has ended. */
  async stop(grace: number): Promise<void> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), grace);
    await this.exited;
    clearTimeout(timer);
  }

  /** Whether GET /health/ready answers 200 within a second. */
  async isReady(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(1000) });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }
}

function inFolder(folder: string, path: string): string {
  if (!path.startsWith('/')) return path;
  const inside = join(folder, path);
  return existsSync(inside) ? inside : path;
}

/** A port that is free now. Taken a moment later, the pod fails to start and is started again on another. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
