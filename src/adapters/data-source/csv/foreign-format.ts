import type { FileFault } from '../file-source.ts';

const signatures: readonly (readonly [format: string, bytes: readonly number[]])[] = [
  ['a zip archive (or a spreadsheet)', [0x50, 0x4b, 0x03, 0x04]],
  ['an empty zip archive', [0x50, 0x4b, 0x05, 0x06]],
  ['compressed by gzip', [0x1f, 0x8b]],
  ['compressed by zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['compressed by bzip2', [0x42, 0x5a, 0x68]],
  ['compressed by xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a Parquet file whose footer is encrypted', [0x50, 0x41, 0x52, 0x45]],
  ['an Avro file', [0x4f, 0x62, 0x6a, 0x01]],
  ['an ORC file', [0x4f, 0x52, 0x43]],
  ['an Arrow file', [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['an SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
  // The longer marks first: UTF-32LE begins like UTF-16LE.
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

/** A format that is told by how a file begins and is not the one that was expected. Signatures: the formats' own specifications. */
export function foreignFormat(head: Uint8Array): string | undefined {
  const found = signatures.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (found !== undefined) return found[0];
  const text = Buffer.from(head.subarray(0, 512)).toString('latin1').trimStart().toLowerCase();
  if (/^<(?:!doctype|html|\?xml|head|body|!--)/.test(text)) return text.startsWith('<?xml') ? 'XML' : 'an HTML page';
  if (/^[{[]\s*(?:"|\{|\[|\}|\])/.test(text)) return 'JSON';
  return undefined;
}

export function foreignFormatFault(format: string, expected: string): FileFault {
  if (format.startsWith('UTF-')) return { fault: `is ${format}: a ${expected} file is UTF-8`, hint: 'Save the file as UTF-8.' };
  if (/compressed|archive/.test(format)) return { fault: `is ${format}, no ${expected} file`, hint: 'Unpack the file first.' };
  return {
    fault: `is ${format}, no ${expected} file`,
    hint: format === 'an HTML page' ? 'This is often the error or login page of a server: fetch the file again.' : 'Correct the type of the source in pipeline.yaml, or put the right file there.',
  };
}
