import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CorpusFile, Read, Refused } from './corpus-file.ts';
import type { HostileSource } from './read-source.ts';

type Options = Omit<Extract<HostileSource, { type: 'csv' }>, 'type' | 'path'>;

const keep: Options = { 'bad-rows': 'quarantine' };
const newYork: Options = { ...keep, columns: { at: 'timestamp' }, 'time-zone': 'America/New_York' };

type Outcome = Refused | Read;

function csv(name: string, content: string | (() => Buffer), expected: Outcome | readonly [Outcome, Options]): CorpusFile {
  const [outcome, options] = 'length' in expected ? expected : [expected, {}];
  const path = `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.csv`;
  return { name: `csv: ${name}`, source: { type: 'csv', path, ...options }, outcome, make: (root) => writeFile(join(root, path), typeof content === 'string' ? content : content()) };
}

function refused(says: RegExp, code: Refused['code'] = 'source-unreadable'): Refused {
  return { code, says };
}

function read(rows: number, rejected: Read['rejected'] = [], values?: Read['values']): Read {
  return { rows, rejected, ...(values === undefined ? {} : { values }) };
}

const wholeNumbers: Options = { ...keep, columns: { a: 'integer' } };
const numbers: Options = { ...keep, columns: { a: 'number' } };

export const csvCorpus: readonly CorpusFile[] = [
  csv('empty file', '', refused(/empty-file\.csv.*is empty/)),
  csv('header only', 'a,b\n', read(0)),
  csv('header only without line end', 'a,b', read(0)),
  csv('blank header', '\n1,2\n', refused(/no header: its first line is empty/)),
  csv('no header', '1,2013-01-01\n2,2013-01-02\n', refused(/no header: its first line holds 1,2013-01-01/)),
  csv('column without name', 'a,,c\n1,2,3\n', refused(/no name for column 2/)),
  csv('duplicated header', 'a,b,a\n1,2,3\n', refused(/two columns named a/)),
  csv('headers that differ in case', 'a,A\n1,2\n', refused(/a and A, which differ in case only/)),
  csv('100,000 columns', () => Buffer.from(`${Array.from({ length: 100_000 }, (_, index) => `c${index}`).join(',')}\n`), refused(/100000 columns; at most 4096/)),
  csv('endless header', () => Buffer.alloc(20_000_000, 'a'), refused(/no line end in its first 1048576 bytes/)),
  csv('semicolons', 'a;b;c\n1;2;3\n', refused(/separated by semicolons/)),
  csv('tabs', 'a\tb\n1\t2\n', refused(/separated by tabs/)),
  csv('declared column missing', 'b\n1\n', [refused(/lacks a, which pipeline\.yaml declares/, 'column-missing'), wholeNumbers]),
  csv('UTF-8 byte order mark', '\ufeffa,b\n1,x\n', read(1, [], [{ a: 1, b: 'x' }])),
  csv('UTF-16 with byte order mark', () => Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), refused(/is UTF-16: a CSV file is UTF-8/)),
  csv('UTF-16 big endian', () => Buffer.from('\ufeffa,b\n1,2\n', 'utf16le').swap16(), refused(/is UTF-16/)),
  csv('UTF-16 without byte order mark', () => Buffer.from('a,b\n1,2\n', 'utf16le'), refused(/seems to be UTF-16/)),
  csv('UTF-32', () => Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), refused(/is UTF-32/)),
  csv('Latin-1 header', () => Buffer.from('caf\xe9,b\n1,2\n', 'latin1'), refused(/is not UTF-8: its header line reads caf/)),
  csv('Latin-1 in a row', () => Buffer.from('a,b\n1,caf\xe9\n2,ok\n', 'latin1'), [read(1, [[2, /is not UTF-8/]]), keep]),
  csv('Latin-1 in a row, to fail', () => Buffer.from('a,b\n1,caf\xe9\n2,ok\n', 'latin1'), refused(/line 2 is not UTF-8: 1,caf/)),
  csv('Latin-1 past the first megabyte', () => Buffer.from(`a,b\n${'1,plain\n'.repeat(200_000)}2,caf\xe9\n3,ok\n`, 'latin1'), [read(200_001, [[200_002, /is not UTF-8/]]), keep]),
  csv('NUL bytes', 'a,b\n1,x\0y\n2,z\n', [read(1, [[2, /holds a NUL byte/]]), keep]),
  csv('only NUL bytes', () => Buffer.alloc(1_000_000), refused(/NUL bytes|no line end/)),
  csv('binary noise', () => Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251)), refused(/is not UTF-8|NUL bytes|no header/)),
  csv('carriage returns alone', 'a,b\r1,2\r3,4\r', [read(2, [], [{ a: 1, b: 2 }, { a: 3, b: 4 }]), keep]),
  csv('mixed line ends', 'a,b\r\n1,2\n3,4\r\n5,6', read(3)),
  csv('stray carriage return', 'a,b\n1,x\ry\n2,z\n', [read(1, [[2, /carriage return outside quotes/]]), keep]),
  csv('blank lines', 'a,b\n\n1,2\n\n\n3,4\n\n', read(2)),
  csv('missing values of a single column', 'a\n1\n\n3\n', read(3, [], [{ a: 1 }, { a: null }, { a: 3 }])),
  csv('texts that mean missing', 'a,b\nNA,x\n"NA",\\N\n,NAN\n1,na\n', [read(3, [[4, /a {2}is no whole number/]], [{ a: null, b: 'x' }, { a: null, b: null }, { a: 1, b: 'na' }]), { ...wholeNumbers, 'null-text': ['NA', '\\N'] }]),
  csv('a column named like a missing value', 'a,NA\n1,2\n', [refused(/has a column NA, which null-text says is no value/), { 'null-text': ['NA', ''] }]),
  csv('lines that look like comments', 'a,b\n#x,1\n2,3\n', read(2)),
  csv('quotes everywhere', '"a","b"\n"x ""y"", z","1\n2"\n"",""\n', read(2, [], [{ a: 'x "y", z', b: '1\n2' }, { a: null, b: null }])),
  csv('line numbers after quoted line ends', 'a,b\n"1\n1\n1",2\n3\n4,5\n', [read(2, [[5, /has 1 fields, the header has 2/]]), keep]),
  csv('quote inside an unquoted field', 'a,b\nx"y,1\n2,3\n', [read(1, [[2, /quote inside an unquoted field/]]), keep]),
  csv('text after a closing quote', 'a,b\n"x"y,1\n2,3\n', [read(1, [[2, /text after a closing quote/]]), keep]),
  csv('quote never closed', 'a,b\n1,2\n3,"4\n5,6\n', [refused(/a quote that opens on line 3 is never closed/), keep]),
  csv('quote never closed in the header', 'a,"b\n1,2\n', [refused(/a quote that opens on line 1 is never closed/), keep]),
  csv('cut in the last row', 'a,b,c\n1,2,3\n4,5', [read(1, [[3, /has 2 fields, the header has 3/]]), keep]),
  csv('too few and too many fields', 'a,b\n1\n2,3\n4,5,6\n', [read(1, [[2, /has 1 fields/], [4, /has 3 fields/]]), keep]),
  csv('too many fields, to fail', 'a,b\n1,2\n3,4,5\n', refused(/line 3 has 3 fields, the header has 2: 3,4,5/)),
  csv('a field of 50 MB', () => Buffer.concat([Buffer.from('a,b\n1,'), Buffer.alloc(50_000_000, 'x'), Buffer.from('\n2,y\n')]), [read(1, [[2, /longer than 1048576 bytes/]]), keep]),
  csv('a quoted field of 50 MB of quotes', () => Buffer.concat([Buffer.from('a,b\n1,"'), Buffer.alloc(50_000_000, '"'), Buffer.from('"\n2,y\n')]), [read(1, [[2, /longer than 1048576 bytes/]]), keep]),
  csv('half a million commas in a row', () => Buffer.from(`a,b\n${','.repeat(500_000)}\n1,2\n`), [read(1, [[2, /has 500001 fields/]]), keep]),
  csv('escape sequences of a terminal', 'a,b\n\u001b[31mred,1,2\n1,2\n', refused(/line 2 has 3 fields.*\\u001b\[31mred/)),
  csv('overflowing integers', 'a\n9223372036854775807\n9223372036854775808\n-99999999999999999999\n', [read(1, [[3, /does not fit in 64 bits/], [4, /does not fit in 64 bits/]], [{ a: '9223372036854775807' }]), wholeNumbers]),
  csv('integers that are none', 'a\n1.5\n1e3\n1_000\n"1,000"\n0x10\n 7\nNaN\n٣\n-0\n', [read(1, [2, 3, 4, 5, 6, 7, 8, 9].map((line) => [line, /is no whole number/] as const), [{ a: 0 }]), wholeNumbers]),
  csv('integer that overflows, to fail', 'a\n1\n9223372036854775808\n', [refused(/line 3: a 9223372036854775808 does not fit in 64 bits/), { columns: { a: 'integer' } }]),
  csv('numbers beyond doubles', 'a\n1e400\n-1e400\n1e-400\n0e-400\n1e308\n', [read(2, [[2, /too large/], [3, /too large/], [4, /too small/]]), numbers]),
  csv('numbers that are none', 'a\nNaN\ninf\n"1,5"\n1_0.5\n 1.5\n0x1p3\nNA\n1.5\n.5\n5.\n', [read(3, [2, 3, 4, 5, 6, 7, 8].map((line) => [line, /is no number/] as const)), numbers]),
  csv('days that do not exist', 'a\n2013-02-29\n2012-02-29\n2013-2-1\n01/02/2013\n2013-01-01x\ninfinity\n', [read(1, [[2, /does not exist/], [4, /is no date/], [5, /is no date/], [6, /is no date/], [7, /is no date/]]), { ...keep, columns: { a: 'date' } }]),
  csv('times that do not exist', 'a\n2013-01-01 24:00\n2013-01-01 23:59:60\n2013-01-01 10:60\n2013-02-30 10:00\n2013-01-01\n2013-01-01 10:00\n', [read(1, [[2, /no timestamp/], [3, /no timestamp/], [4, /no timestamp/], [5, /does not exist/], [6, /no timestamp/]]), { ...keep, columns: { a: 'timestamp' } }]),
  csv('offsets are not dropped', 'a\n2013-01-01 10:00:00+02\n2013-01-01T10:00:00.5-05:30\n2013-01-01 10:00Z\n', [read(3, [], [{ a: '2013-01-01 08:00:00' }, { a: '2013-01-01 15:30:00.5' }, { a: '2013-01-01 10:00:00' }]), { ...keep, columns: { a: 'timestamp' } }]),
  csv('truth values', 'a\ntrue\nFALSE\n1\n0\nyes\n', [read(4, [[6, /neither true nor false/]]), { ...keep, columns: { a: 'boolean' } }]),
  csv('local times in the hour that is left out', 'at\n2013-03-10 01:59:59\n2013-03-10 02:00:00\n2013-03-10 02:59:59\n2013-03-10 03:00:00\n', [read(2, [[3, /did not exist/], [4, /did not exist/]], [{ at: '2013-03-10 06:59:59' }, { at: '2013-03-10 07:00:00' }]), newYork]),
  csv('local times in the hour that comes twice', 'at\n2013-11-03 00:59:59\n2013-11-03 01:00:00\n2013-11-03 01:59:59\n2013-11-03 02:00:00\n2013-11-03 01:30:00-05\n', [read(3, [[3, /came twice/], [4, /came twice/]], [{ at: '2013-11-03 04:59:59' }, { at: '2013-11-03 07:00:00' }, { at: '2013-11-03 06:30:00' }]), newYork]),
  csv('local time left out, to fail', 'at\n2013-03-10 02:30:00\n', [refused(/line 2: at 2013-03-10 02:30:00 is a local time that did not exist/), { columns: { at: 'timestamp' }, 'time-zone': 'America/New_York' }]),
  csv('unknown time zone', 'at\n2013-03-10 02:30:00\n', [refused(/"Mars\/Olympus" is no time zone/, 'pipeline-invalid'), { columns: { at: 'timestamp' }, 'time-zone': 'Mars/Olympus' }]),
  csv('numbers and text in a column', 'a,b\n1,x\ntwo,y\n', read(2, [], [{ a: '1', b: 'x' }, { a: 'two', b: 'y' }])),
  csv('a name of the reader itself', '__taxiway_line,b\n1,2\n', refused(/names that begin with __taxiway_ are/)),
  csv('zip archive', () => Buffer.from('504b0304140000000800', 'hex'), refused(/is a zip archive/)),
  csv('gzip', () => gzipSync('a,b\n1,2\n'), refused(/is compressed by gzip/)),
  csv('HTML page', '<!DOCTYPE html>\n<html><body>Sign in, please</body></html>\n', refused(/is an HTML page/)),
  csv('JSON', '{"a": 1, "b": 2}\n', refused(/is JSON/)),
  csv('Parquet as CSV', 'PAR1\0\0\0\0PAR1', refused(/is a Parquet file/)),
];
