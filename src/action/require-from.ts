/**
 * A `require` that starts from a file. The bundler rewrites `createRequire` wherever it sees it, and what it puts in its place cannot
 * run in an ES module, so the function is fetched at run time.
 */
export function requireFrom(path: string): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(path);
}
