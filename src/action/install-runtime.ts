import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { CommandRunner } from '../ports/command-runner.ts';
import type { Logger } from '../ports/logger.ts';

export interface RuntimeInstallation {
  /** The folder with package.json and package-lock.json, e.g. runtime/default. */
  readonly lockFolder: string;
  readonly commands: CommandRunner;
  readonly logger: Logger;
}

const toolName = 'taxiway-runtime';

/**
 * Installs exactly what the lockfile says into the runner's tool cache, once per lockfile and machine.
 * Install scripts stay off: both modules ship their binaries in their packages, and onnxruntime-node's script would fetch CUDA.
 * @returns the folder that holds node_modules
 * @throws UserError native-module-missing
 */
export async function installRuntime(installation: RuntimeInstallation): Promise<string> {
  const { lockFolder, commands, logger } = installation;
  const lock = await readFile(join(lockFolder, 'package-lock.json')).catch((cause: unknown) => {
    throw cannot(`${lockFolder} has no package-lock.json`, cause);
  });
  if (process.env['RUNNER_TOOL_CACHE'] === undefined || process.env['RUNNER_TEMP'] === undefined) {
    throw cannot('the native modules are not installed, and RUNNER_TOOL_CACHE and RUNNER_TEMP are not set');
  }
  const version = `1.0.0-lock-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`;
  // Only this path needs the tool cache's HTTP client and archives.
  const toolCache = await import('@actions/tool-cache');
  const cached = toolCache.find(toolName, version);
  if (cached !== '') return cached;
  return logger.group('Installing the native modules into the tool cache', async () => {
    await mkdir(process.env['RUNNER_TEMP'] ?? '', { recursive: true });
    const folder = await mkdtemp(join(process.env['RUNNER_TEMP'] ?? '', 'taxiway-runtime-'));
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) await copyFile(join(lockFolder, name), join(folder, name));
    const { exitCode, stderr } = await commands.run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    if (exitCode !== 0) throw cannot(`npm ci ended with ${exitCode}: ${stderr.trim().split('\n').slice(0, 3).join(' ')}`);
    return toolCache.cacheDir(folder, toolName, version);
  });
}

function cannot(message: string, cause?: unknown): UserError {
  return new UserError('native-module-missing', message, {
    hint: 'Run npm ci in the repository before the action, or use a runner that reaches an npm registry.',
    cause,
  });
}
