import ncc from '@vercel/ncc';
import { type BundleFiles, canonicalBundle } from './canonical-bundle.ts';
import { licenceText } from './licence-text.ts';

/** Bundles an entry point as an ES module: the same bytes in every folder, with the licences of everything inside. */
export async function buildBundle(entry: string): Promise<BundleFiles> {
  const { code, assets, stats } = await ncc(entry, { cache: false, quiet: true, target: 'es2022', transpileOnly: true, esm: true });
  const files = new Map([['index.js', code]]);
  for (const [name, { source }] of Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1))) files.set(name, source.toString());
  files.set('package.json', '{\n  "type": "module"\n}\n');
  files.set('licenses.txt', await licenceText(moduleFiles(stats.compilation.modules)));
  return canonicalBundle(files);
}

/** The files that went into the bundle, those of concatenated modules included. */
function moduleFiles(modules: Iterable<ncc.BundledModule>): Set<string> {
  const files = new Set<string>();
  for (const module of modules) {
    if (module.resource !== undefined) files.add(module.resource);
    for (const inner of module.modules ?? []) if (inner.resource !== undefined) files.add(inner.resource);
  }
  return files;
}
