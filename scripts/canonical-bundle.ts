/**
 * webpack names modules and chunks by a hash that includes the absolute folder of the build. These names are the only bytes that
 * differ between two folders, so they are replaced by their order of appearance.
 */
export type BundleFiles = ReadonlyMap<string, string>;

const entryName = 'index.js';
const requireName = '__(?:nccwpck|webpack)_require__';
const definition = /^\/\*\*\*\/ (\d+):$/gm;
const moduleReferences = [
  new RegExp(String.raw`(\b${requireName}\()(\d+)(?=\))`, 'g'),
  new RegExp(String.raw`(\b${requireName}(?:\.t)?\.bind\(${requireName}, )(\d+)(?=[,)])`, 'g'),
];
const chunkReferences = [
  new RegExp(String.raw`(\b${requireName}\.e\((?:\/\* import\(\) \*\/ )?)(\d+)(?=\))`, 'g'),
  /(^export const id = )(\d+)(?=;$)/gm,
  /(^export const ids = \[)(\d+)(?=\];$)/gm,
  /(\binstalledChunks = \{\n\/\*+\/ \t\t)(\d+)(?=: 0\n)/g,
];
/** Ids have at least two digits; the second argument of `.t` (a mode) has fewer or follows an id. */
const otherReference = new RegExp(String.raw`\b${requireName}[\w.]*\((?:\/\*.*?\*\/ )?(?:[\w.]+, )?\d{2,}`);

/** @throws Error where the bundler writes a reference in a form that is not known here */
export function canonicalBundle(files: BundleFiles): BundleFiles {
  const entry = files.get(entryName);
  if (entry === undefined) throw new Error(`no ${entryName} among ${[...files.keys()].join(', ')}`);
  const chunkOrder = chunksInOrder(entry, files);
  const chunkNames = new Map(chunkOrder.map((id, index) => [id, String(index + 1)]));
  const chunkFile = (name: string): string => name.replace(/^(\d+)(?=\.index\.js$)/, (id) => chunkNames.get(id) ?? id);
  const scripts = [...files].filter(([name]) => name.endsWith('.js')).sort(([a], [b]) => rank(chunkFile(a)) - rank(chunkFile(b)));
  const moduleOrder = inOrder(scripts.flatMap(([, text]) => [...text.matchAll(definition)].map((match) => match[1] ?? '')));
  const moduleNames = new Map(moduleOrder.map((id, index) => [id, String(index + 1)]));
  return new Map(
    [...files].map(([name, text]) => {
      if (!name.endsWith('.js')) return [name, text];
      demandKnownForms(name, text);
      const numbered = text.replace(definition, (_, id: string) => `/***/ ${lookUp(moduleNames, id)}:`);
      const linked = replaceAll(numbered, moduleReferences, moduleNames);
      return [chunkFile(name), replaceAll(linked, chunkReferences, chunkNames)];
    }),
  );
}

/** Chunks in the order in which the entry names them, then those that chunks name in turn. */
function chunksInOrder(entry: string, files: BundleFiles): string[] {
  const order = new Set(matches(entry, chunkReferences));
  // A set goes on to what is added while it is walked.
  for (const id of order) for (const named of matches(files.get(`${id}.${entryName}`) ?? '', chunkReferences)) order.add(named);
  return [...order];
}

function demandKnownForms(name: string, text: string): void {
  const rest = [...moduleReferences, ...chunkReferences].reduce((left, pattern) => left.replace(pattern, ''), text);
  const unknown = otherReference.exec(rest);
  if (unknown !== null) throw new Error(`${name}: a reference in an unknown form: ${unknown[0]}`);
}

function rank(name: string): number {
  return name === entryName ? 0 : Number.parseInt(name, 10);
}

function inOrder(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function* matches(text: string, patterns: readonly RegExp[]): Generator<string> {
  for (const pattern of patterns) for (const match of text.matchAll(pattern)) yield match[2] ?? match[1] ?? '';
}

function replaceAll(text: string, patterns: readonly RegExp[], names: ReadonlyMap<string, string>): string {
  return patterns.reduce((changed, pattern) => changed.replace(pattern, (_, before: string, id: string) => `${before}${lookUp(names, id)}`), text);
}

function lookUp(names: ReadonlyMap<string, string>, id: string): string {
  const name = names.get(id);
  if (name === undefined) throw new Error(`${id} is used but not defined in the bundle`);
  return name;
}
