import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainLines } from './plain-line.ts';

/** What the runner would take for a command: `::name …::` at the start of a line, `##[name]` anywhere. */
function obeyed(text: string): boolean {
  return text.split(/\r\n|\r|\n/).some((line) => /^\s*::/.test(line) || line.includes('##['));
}

describe('plainLines', () => {
  it('keeps untrusted text from acting as a workflow command', () => {
    const pieces = fc.constantFrom('::', ':', '##[', '##', '[', ' ', '\t', '\n', '\r', '\r\n', 'set-env name=PATH', 'error', ']');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        expect(obeyed(plainLines(parts.join('')))).toBe(false);
      }),
    );
  });

  it('leaves ordinary lines as they are', () => {
    expect(plainLines('12 rows :: 3 files\nratio 1:2')).toBe('12 rows :: 3 files\nratio 1:2');
  });
});
