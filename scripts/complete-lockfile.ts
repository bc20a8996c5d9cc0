/**
 * npm leaves an optional package out of package-lock.json when the registry that wrote it did not have the package, and `npm ci` then
 * refuses the file. This adds the binaries of other platforms, by version, operating system and processor. Nothing is fetched.
 * Usage: node scripts/complete-lockfile.ts <package-lock.json> …
 */
import { readFile, writeFile } from 'node:fs/promises';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

interface Lockfile {
  packages: Record<string, LockedPackage>;
  readonly [member: string]: unknown;
}

const platform = /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(gnu|musl|msvc|eabi|gnueabihf|musleabihf))?$/;

for (const path of process.argv.slice(2)) {
  const lockfile = JSON.parse(await readFile(path, 'utf8')) as Lockfile;
  const added = missingBinaries(lockfile.packages);
  const entries = Object.entries({ ...lockfile.packages, ...added }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lockfile.packages = Object.fromEntries(entries);
  if (Object.keys(added).length > 0) await writeFile(path, `${JSON.stringify(lockfile, null, 2)}\n`);
  console.log(`${path}: ${Object.keys(added).length} packages added`);
}

function missingBinaries(packages: Readonly<Record<string, LockedPackage>>): Record<string, LockedPackage> {
  const added: Record<string, LockedPackage> = {};
  for (const owner of Object.values(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      const [, system, processor, library] = platform.exec(name) ?? [];
      if (Object.hasOwn(packages, key) || system === undefined || processor === undefined) continue;
      const libc = system !== 'linux' ? undefined : library?.startsWith('musl') === true ? 'musl' : 'glibc';
      added[key] = {
        version,
        cpu: [processor],
        ...(owner.dev === true ? { dev: true } : {}),
        ...(libc === undefined ? {} : { libc: [libc] }),
        optional: true,
        os: [system],
      };
    }
  }
  return added;
}
