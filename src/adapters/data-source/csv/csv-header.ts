import { isUtf8 } from 'node:buffer';
import type { FileFault } from '../file-source.ts';
import { csvLimits } from './csv-limits.ts';
import { excerpt, excerptOfText } from './excerpt.ts';

/** The column that a cleaned copy keeps the line of each row in. */
export const lineColumn = '__taxiway_file_line';

const mendHeader = 'Correct the header line: RFC 4180, comma-separated, each name once.';

/** The names of a header line, or why it is none. @param next the bytes of the line after it, empty where there is none */
export function readHeader(line: Uint8Array, next: Uint8Array): readonly string[] | FileFault {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  if (bytes.includes(0)) {
    return looksLikeUtf16(bytes)
      ? { fault: 'seems to be UTF-16 without a byte order mark: a CSV file is UTF-8', hint: 'Save the file as UTF-8.' }
      : { fault: 'has NUL bytes in its first line: it is no text', hint: 'Correct the type of the source in pipeline.yaml, or put the right file there.' };
  }
  if (!isUtf8(bytes)) return { fault: `is not UTF-8: its header line reads ${excerpt(bytes)}`, hint: 'Save the file as UTF-8; it may be Latin-1 or Windows-1252.' };
  const text = bytes.toString('utf8');
  const fields = fieldsOf(text);
  if (fields.length > csvLimits.columns) return { fault: `has ${fields.length} columns; at most ${csvLimits.columns} are read`, hint: 'Keep only the columns that the dataset query reads.' };
  return faultOfDelimiter(text, next) ?? faultOfNames(fields.map(({ name }) => name)) ?? fields.map(({ name }) => name);
}

/** Fields of a line without faults. */
export function fieldsOf(text: string): { readonly name: string; readonly quoted: boolean }[] {
  const fields: { name: string; quoted: boolean }[] = [];
  for (let at = 0; ; ) {
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
      fields.push({ name: text.slice(at + 1, end).replaceAll('""', '"'), quoted: true });
      at = end + 1;
    } else {
      const end = text.indexOf(',', at);
      fields.push({ name: text.slice(at, end === -1 ? undefined : end), quoted: false });
      at = end === -1 ? text.length : end;
    }
    if (at >= text.length) return fields;
    at += 1;
  }
}

function faultOfNames(names: readonly string[]): FileFault | undefined {
  const empty = names.findIndex((name) => name.trim() === '');
  if (names.length === 1 && empty === 0) return { fault: 'has no header: its first line is empty', hint: mendHeader };
  // Names begin with a letter; values of a first row mostly do not, and one name that does shows a header.
  if (names.every((name) => !/[\p{L}_]/u.test(name))) return { fault: `has no header: its first line holds ${excerptOfText(names.join(','))}`, hint: 'Write the names of the columns in the first line.' };
  if (empty !== -1) return { fault: `has no name for column ${empty + 1} in its header`, hint: mendHeader };
  const reserved = names.find((name) => name.toLowerCase().startsWith('__taxiway_'));
  if (reserved !== undefined) return { fault: `has a column ${excerptOfText(reserved)}: names that begin with __taxiway_ are Taxiway’s own`, hint: 'Rename the column.' };
  const seen = new Map<string, string>();
  for (const name of names) {
    // SQL does not tell upper from lower case in names.
    const earlier = seen.get(name.toLowerCase());
    if (earlier !== undefined) {
      return { fault: earlier === name ? `has two columns named ${excerptOfText(name)}` : `has columns ${excerptOfText(earlier)} and ${excerptOfText(name)}, which differ in case only`, hint: mendHeader };
    }
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

const delimiters = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' } as const;

/** A file of another delimiter reads as one column whose name holds it. */
function faultOfDelimiter(text: string, next: Uint8Array): FileFault | undefined {
  const outside = (line: string): string => line.replaceAll(/"(?:[^"]|"")*"/g, '');
  const header = outside(text);
  const second = outside(Buffer.from(next).toString('latin1'));
  if (header.includes(',')) return undefined;
  for (const [delimiter, name] of Object.entries(delimiters)) {
    const count = header.split(delimiter).length - 1;
    if (count === 0 || (second !== '' && second.split(delimiter).length - 1 !== count)) continue;
    return { fault: `is separated by ${name}, as it seems: its header line has ${count} of them and no comma`, hint: 'Write the file with commas (RFC 4180).' };
  }
  return undefined;
}

function looksLikeUtf16(bytes: Buffer): boolean {
  const pairs = bytes.length >> 1;
  const zeros = [0, 1].map((start) => {
    let count = 0;
    for (let index = start; index < 2 * pairs; index += 2) if (bytes[index] === 0) count += 1;
    return count;
  });
  // Of most letters one byte of the two is zero, and always the same one.
  return Math.max(...zeros) > 0.4 * pairs && Math.min(...zeros) < 0.1 * pairs;
}
