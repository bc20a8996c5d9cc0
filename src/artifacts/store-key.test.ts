import fc from 'fast-check';
import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkStorePrefix, isStoreKey } from './store-key.ts';

describe('store keys', () => {
  it('never leave the folder they are resolved in, on any system', () => {
    const nasty = fc.array(fc.constantFrom('..', '.', '/', '\\', 'a', '.a', '..a', 'C:', '%2e', '\0', '~', ' '), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string()), (key) => {
        if (!isStoreKey(key)) return;
        expect(posix.resolve('/store', key).startsWith('/store/')).toBe(true);
        expect(win32.resolve('C:\\store', key).startsWith('C:\\store\\')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['registry/flight-delay/live/local.json', 'predictions/local/2013-06-01/pod-1.jsonl', 'a=b/c_d', '..a'])('accept %s', (key) => {
    expect(isStoreKey(key)).toBe(true);
  });

  it('may be listed by any beginning, but not by a path that climbs', () => {
    for (const prefix of ['', 'a/', 'a/b', 'a/b/']) expect(() => checkStorePrefix(prefix)).not.toThrow();
    for (const prefix of ['../', 'a//', '/', '/a']) expect(() => checkStorePrefix(prefix)).toThrow('no key');
  });
});
