import { describe, expect, it } from 'vitest';
import { canonicalBundle } from './canonical-bundle.ts';

/** The same bundle as webpack writes it in a folder whose paths hash to other ids. */
function bundle(ids: { first: number; second: number; inChunk: number; chunk: number; entry: number }): Map<string, string> {
  const r = '__nccwpck_require__';
  return new Map([
    [
      'index.js',
      [
        `/***/ ${ids.first}:`,
        `module.exports = ${r}(${ids.second});`,
        `/***/ ${ids.second}:`,
        `const lazy = await ${r}.e(/* import() */ ${ids.chunk}).then(${r}.bind(${r}, ${ids.inChunk}));`,
        `const other = await ${r}.e(/* import() */ ${ids.chunk}).then(${r}.t.bind(${r}, ${ids.inChunk}, 19));`,
        `var http_namespace = /*#__PURE__*/${r}.t(http_, 2);`,
        '/******/ \tvar installedChunks = {',
        `/******/ \t\t${ids.entry}: 0`,
        '/******/ \t};',
        `const year = 2013; // 4711 is no id here`,
        '',
      ].join('\n'),
    ],
    [`${ids.chunk}.index.js`, `export const id = ${ids.chunk};\nexport const ids = [${ids.chunk}];\n/***/ ${ids.inChunk}:\n__webpack_require__(${ids.first});\n`],
  ]);
}

describe('canonicalBundle', () => {
  it('gives the same bytes for the same source built in two folders', () => {
    const here = canonicalBundle(bundle({ first: 4711, second: 1732, inChunk: 6547, chunk: 547, entry: 792 }));
    const there = canonicalBundle(bundle({ first: 98, second: 4711, inChunk: 21, chunk: 180, entry: 33 }));
    expect([...there]).toEqual([...here]);
    expect([...here.keys()]).toEqual(['index.js', '1.index.js']);
    expect(here.get('index.js')).toContain('const year = 2013; // 4711 is no id here');
  });

  it('names a chunk that only another chunk asks for', () => {
    const withNested = (nested: number, inNested: number): Map<string, string> => {
      const files = bundle({ first: 4711, second: 1732, inChunk: 6547, chunk: 547, entry: 792 });
      files.set('547.index.js', `${files.get('547.index.js') ?? ''}await __webpack_require__.e(${nested}).then(__webpack_require__.bind(__webpack_require__, ${inNested}));\n`);
      files.set(`${nested}.index.js`, `export const id = ${nested};\nexport const ids = [${nested}];\n/***/ ${inNested}:\n`);
      return files;
    };
    const here = canonicalBundle(withNested(711, 8150));
    expect([...here]).toEqual([...canonicalBundle(withNested(22, 31))]);
    expect([...here.keys()]).toEqual(['index.js', '1.index.js', '3.index.js']);
  });

  it('refuses a reference in a form it does not know, rather than break the bundle', () => {
    const files = bundle({ first: 4711, second: 1732, inChunk: 6547, chunk: 547, entry: 792 });
    files.set('index.js', `${files.get('index.js') ?? ''}__nccwpck_require__.ef(4711);\n`);
    expect(() => canonicalBundle(files)).toThrow('unknown form');
  });
});
