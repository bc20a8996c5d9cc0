import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { NativeModuleName, NativeModules } from '../ports/native-modules.ts';
import { requireFrom } from './require-from.ts';

export interface NativeModuleOptions {
  /** The checkout of the repository that uses the action: its own version of a module wins. */
  readonly workspace: string;
  /** The running script. In a checkout of Taxiway with its dependencies installed, they are found from there. */
  readonly scriptPath: string;
  /** Folders with modules that only some pipelines want, e.g. runtime/tfjs: they count where someone installed them. */
  readonly optionalFolders?: readonly string[];
  /** Brings the locked modules here and returns the folder that holds their node_modules. Called at most once. */
  readonly install: () => Promise<string>;
  readonly logger: Logger;
}

/** Modules that are never installed unasked: the folder whose lockfile brings them. */
const optionalModules: Partial<Record<NativeModuleName, string>> = {
  'onnxruntime-web': 'runtime/web',
  '@tensorflow/tfjs-node': 'runtime/tfjs',
  '@tensorflow/tfjs-node-gpu': 'runtime/tfjs-gpu',
};

/** Where the optional modules of a checkout of Taxiway are. */
export const optionalModuleFolders = (home: string): string[] => [...new Set(Object.values(optionalModules))].map((folder) => join(home, folder));

/** Finds modules with native code outside the bundle: the workspace, the bundle's own tree, then the runner's tool cache. */
export class LocatedNativeModules implements NativeModules {
  private readonly options: NativeModuleOptions;
  private readonly folders: string[];

  constructor(options: NativeModuleOptions) {
    this.options = options;
    this.folders = [join(options.workspace, 'package.json'), options.scriptPath, ...(options.optionalFolders ?? []).map((folder) => join(folder, 'package.json'))];
    // ONNX Runtime reads it when it is loaded.
    process.env['ORT_DISABLE_TELEMETRY'] = '1';
  }

  /** Makes sure that `load` will find the modules, installing the locked versions where they are nowhere. @throws UserError native-module-missing */
  async prepare(names: readonly NativeModuleName[]): Promise<void> {
    if (names.every((name) => this.locate(name) !== undefined)) return;
    const folder = await this.options.install();
    this.folders.push(join(folder, 'package.json'));
    for (const name of names) if (this.locate(name) === undefined) throw this.missing(name);
  }

  load(name: NativeModuleName): unknown {
    const path = this.locate(name);
    if (path === undefined) throw this.missing(name);
    this.options.logger.debug(`${name} from ${path}`);
    try {
      return requireFrom(path)(path);
    } catch (cause) {
      throw new UserError('native-module-missing', `${path} does not load on ${process.platform} ${process.arch} with Node ${process.version}`, {
        hint: 'Install the modules again on this machine (npm ci), or use a runner with Linux, macOS or Windows on x64 or arm64.',
        cause,
      });
    }
  }

  /** The folders of a module and of those it depends on, each found from the one before, e.g. to pack them into an image. @throws UserError native-module-missing */
  packageFolders(name: NativeModuleName, ...dependencies: readonly string[]): readonly string[] {
    const first = this.locate(name);
    if (first === undefined) throw this.missing(name);
    const folders = [packageFolder(first, name)];
    let from = first;
    for (const dependency of dependencies) {
      from = resolvePackage(from, dependency);
      folders.push(packageFolder(from, dependency));
    }
    return folders;
  }

  private locate(name: NativeModuleName): string | undefined {
    for (const from of this.folders) {
      try {
        return requireFrom(from).resolve(name);
      } catch {
        // Not there: the next place is asked.
      }
    }
    return undefined;
  }

  private missing(name: NativeModuleName): UserError {
    const folder = optionalModules[name];
    if (folder !== undefined) {
      return new UserError('native-module-missing', `${name} is not installed`, { hint: `Run npm ci in ${folder}, or npm install ${name} in the workspace.` });
    }
    return new UserError('native-module-missing', `${name} is neither in the workspace, nor beside the action, nor in the runner's tool cache`, {
      hint: `Run npm ci in the repository, or run the action where RUNNER_TOOL_CACHE and RUNNER_TEMP are set.`,
    });
  }
}

/** A package that holds nothing but a native library has no main file. */
function resolvePackage(from: string, name: string): string {
  try {
    return requireFrom(from).resolve(name);
  } catch {
    return requireFrom(from).resolve(`${name}/package.json`);
  }
}

function packageFolder(path: string, name: string): string {
  const suffix = join('node_modules', ...name.split('/'));
  return path.slice(0, path.lastIndexOf(suffix) + suffix.length);
}
