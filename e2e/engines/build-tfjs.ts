import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeCache } from './runtime-cache.ts';

/** The wheel whose libraries the addon is compiled against. The Python in its name is only where it is looked for. */
const wheel = { name: 'tensorflow-cpu', version: '2.21.0', python: '3.11', platform: 'manylinux_2_27_x86_64' };

/** The programs of a build that are not here; undefined where nothing is missing. */
export function missingPrograms(): string | undefined {
  const missing = [['g++', '--version'], ['python3', '-m', 'pip', '--version']].filter(([program = '', ...args]) => {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? undefined : missing.map((words) => words.filter((word) => !word.startsWith('-')).join(' ')).join(', ');
}

/**
 * @tensorflow/tfjs-node at its locked version in a folder of the cache, its addon compiled against PyPI's TensorFlow rather than
 * the library that its install script would download. Made once for each lockfile and wheel.
 * @returns the folder that holds node_modules
 */
export function buildTfjs(): string {
  return runtimeCache('tfjs', `${wheel.name} ${wheel.version}`, (folder) => {
    const home = join(folder, 'node_modules/@tensorflow/tfjs-node');
    const dependencies = join(home, 'deps');
    const wheels = join(folder, 'wheel');
    console.log(`Fetching ${wheel.name} ${wheel.version} from PyPI (270 MB).`);
    const pinned = ['--no-deps', '--only-binary=:all:', '--implementation', 'cp', '--python-version', wheel.python, '--platform', wheel.platform];
    execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--dest', wheels, ...pinned, `${wheel.name}==${wheel.version}`], { stdio: 'inherit' });
    execFileSync('python3', [join(import.meta.dirname, 'unpack-tensorflow.py'), wheels, dependencies], { stdio: 'inherit' });
    rmSync(wheels, { recursive: true });
    const libraries = join(dependencies, 'lib');
    // The addon asks for libtensorflow; the wheel calls the same C interface libtensorflow_cc.
    for (const [link, target] of [['libtensorflow.so.2', 'libtensorflow_cc.so.2'], ['libtensorflow.so', 'libtensorflow.so.2'], ['libtensorflow_framework.so', 'libtensorflow_framework.so.2']] as const) {
      symlinkSync(target, join(libraries, link));
    }
    const output = join(home, 'lib/napi-v8');
    mkdirSync(output, { recursive: true });
    const headers = [join(folder, 'node_modules/node-api-headers/include'), join(dependencies, 'include'), join(home, 'binding')];
    const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(home, 'binding', name));
    console.log('Compiling the addon.');
    execFileSync(
      'g++',
      ['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', ...headers.map((path) => `-I${path}`), ...sources, `-L${libraries}`, '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', join(output, 'tfjs_binding.node')],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    // Only the libraries are needed from here on.
    rmSync(join(dependencies, 'include'), { recursive: true });
  });
}
