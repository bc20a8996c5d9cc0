import { type FileFault, readBytes } from '../file-source.ts';
import { readHeader } from './csv-header.ts';
import { csvLimits } from './csv-limits.ts';
import { type CsvRecord, readRecords, UnclosedQuote } from './csv-records.ts';
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

/** Each record is valid until the call returns. */
export interface CsvVisitor {
  header?(record: CsvRecord): void;
  row?(record: CsvRecord): void;
  bad?(record: CsvRecord, reason: string): void;
  /** After some thousand rows. */
  readonly pause?: () => Promise<void>;
  /** Whether to end with the first thing that is not plain: what is counted is then what came before. */
  readonly plainOnly?: boolean;
}

/** Reads a file once, in constant memory. */
export async function scanCsv(path: string, visitor: CsvVisitor): Promise<CsvScan | FileFault> {
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

/** A bad row as text for people. */
export function shownRow({ data, begin, end }: CsvRecord): string {
  return excerpt(data.subarray(begin, end));
}

async function scanRows({ path, names }: { readonly path: string; readonly names: readonly string[] }, visitor: CsvVisitor): Promise<CsvScan> {
  let [rows, badRows, plain, header] = [0, 0, true, true];
  let ending: CsvRecord['ending'] | undefined;
  const visit = (record: CsvRecord): void => {
    if (record.lines > 1 || (record.ending !== 'none' && record.ending !== (ending ??= record.ending)) || record.ending === 'cr') plain = false;
    if (header) {
      header = false;
      visitor.header?.(record);
      return;
    }
    if (record.begin === record.end && record.fault === undefined) {
      plain = false;
      // Of a single column an empty line is a row whose value is missing, of several it is no row.
      if (names.length > 1) return;
    }
    const reason = record.fault ?? (record.fields === names.length ? undefined : `has ${record.fields} fields, the header has ${names.length}`);
    if (reason === undefined) {
      rows += 1;
      visitor.row?.(record);
    } else {
      badRows += 1;
      plain = false;
      visitor.bad?.(record, reason);
    }
  };
  const { plainOnly = false } = visitor;
  await readRecords(path, {
    visit: (record) => {
      visit(record);
      return plain || !plainOnly;
    },
    ...(visitor.pause === undefined ? {} : { pause: visitor.pause }),
  });
  return { columns: names, rows, badRows, plain };
}

/** Judges the first bytes before anything is made of the rest. */
async function headerOf(path: string): Promise<readonly string[] | FileFault> {
  // Of the first chunk; the second record is only there where it is whole.
  const first: { readonly bytes: Buffer; readonly fault: string | undefined }[] = [];
  await readRecords(path, {
    most: csvLimits.header,
    visit: ({ data, begin, end, fault }) => {
      first.push({ bytes: Buffer.from(data.subarray(begin, end)), fault });
      return first.length < 2;
    },
  });
  const [header, second] = first;
  if (header === undefined) return { fault: `has no line end in its first ${csvLimits.header} bytes: no header is that long`, hint: 'Correct the type of the source in pipeline.yaml, or put the right file there.' };
  const names = readHeader(header.bytes, second?.bytes ?? new Uint8Array());
  if (header.fault === undefined || 'fault' in names) return names;
  return { fault: `has no header that can be read: line 1 ${header.fault}: ${excerpt(header.bytes)}`, hint: 'Correct the header line: RFC 4180, comma-separated, each name once.' };
}
