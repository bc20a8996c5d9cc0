import { type FileFault, readBytes } from '../file-source.ts';
import { readHeader } from './csv-header.ts';
import { csvLimits } from './csv-limits.ts';
import { type CsvRecord, csvRecords, UnclosedQuote } from './csv-records.ts';
import { excerpt } from './excerpt.ts';
import { foreignFormat, foreignFormatFault } from './foreign-format.ts';

export interface CsvScan {
  readonly columns: readonly string[];
  /** Rows that RFC 4180 can read, with as many fields as the header; what is in the fields is not judged here. */
  readonly rows: number;
  readonly badRows: number;
  /** Row n (from 1) is line n + 1: nothing but rows, one a line, all with the same line end. Else a cleaned copy is read. */
  readonly plain: boolean;
}

export interface CsvVisitor {
  header?(record: CsvRecord): void;
  row?(record: CsvRecord): void;
  /** @param shown the row as text for people */
  bad?(record: CsvRecord, reason: string, shown: () => string): void;
  /** After some thousand rows. */
  pause?(): Promise<void>;
}

/** Reads a whole file once, in constant memory. */
export async function scanCsv(path: string, visitor: CsvVisitor = {}): Promise<CsvScan | FileFault> {
  const foreign = foreignFormat(await readBytes(path, 0, 512));
  if (foreign !== undefined) return foreignFormatFault(foreign, 'CSV');
  try {
    const names = await headerOf(path);
    return 'fault' in names ? names : await scanRows({ path, names }, visitor);
  } catch (cause) {
    if (!(cause instanceof UnclosedQuote)) throw cause;
    return { fault: `is not whole: ${cause.message}, so that nobody knows where its rows end`, hint: 'Close the quote; a quote inside a quoted field is written twice. If the file was cut, copy it again.' };
  }
}

async function scanRows({ path, names }: { readonly path: string; readonly names: readonly string[] }, visitor: CsvVisitor): Promise<CsvScan> {
  let [rows, badRows, plain, header] = [0, 0, true, true];
  let ending: CsvRecord['ending'] | undefined;
  for await (const records of csvRecords(path)) {
    for (const record of records) {
      if (record.lines > 1 || (record.ending !== 'none' && record.ending !== (ending ??= record.ending)) || record.ending === 'cr') plain = false;
      if (header) {
        header = false;
        visitor.header?.(record);
        continue;
      }
      if (record.bytes.length === 0 && record.fault === undefined) {
        plain = false;
        // Of a single column an empty line is a row whose value is missing, of several it is no row.
        if (names.length > 1) continue;
      }
      const reason = record.fault ?? (record.fields === names.length ? undefined : `has ${record.fields} fields, the header has ${names.length}`);
      if (reason === undefined) {
        rows += 1;
        visitor.row?.(record);
      } else {
        badRows += 1;
        visitor.bad?.(record, reason, () => excerpt(record.bytes));
      }
    }
    await visitor.pause?.();
  }
  return { columns: names, rows, badRows, plain: plain && badRows === 0 };
}

/** Judges the first bytes before anything is made of the rest. */
async function headerOf(path: string): Promise<readonly string[] | FileFault> {
  const [first, second] = await firstRecords(path);
  if (first === undefined) return { fault: `has no line end in its first ${csvLimits.header} bytes: no header is that long`, hint: 'Correct the type of the source in pipeline.yaml, or put the right file there.' };
  const names = readHeader(first.bytes, second?.bytes ?? new Uint8Array());
  if (first.fault === undefined || 'fault' in names) return names;
  return { fault: `has no header that can be read: line 1 ${first.fault}: ${excerpt(first.bytes)}`, hint: 'Correct the header line: RFC 4180, comma-separated, each name once.' };
}

/** Of the first chunk; the second is only there where it is whole. */
async function firstRecords(path: string): Promise<readonly CsvRecord[]> {
  for await (const records of csvRecords(path, { most: csvLimits.header })) {
    if (records.length > 0) return records.slice(0, 2);
  }
  return [];
}
