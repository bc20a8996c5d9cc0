import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { csvLimits } from './csv-limits.ts';
import { FieldEnds } from './field-ends.ts';

const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];

/** One row of a CSV file as it lies there. Valid until the visitor returns: the next row takes its place. */
export interface CsvRecord {
  /** Of its first character; the first line of the file is 1. */
  readonly line: number;
  /** Of a row that is too long: those found so far. */
  readonly fields: number;
  /** Why it breaks RFC 4180, if it does. */
  readonly fault: string | undefined;
  /** It lies here, from `begin` to `end`, without its line end; of a row that is too long only the beginning. */
  readonly data: Buffer;
  readonly begin: number;
  readonly end: number;
  /** Lines it takes: more than one where a quoted field has line breaks. */
  readonly lines: number;
  readonly ending: 'lf' | 'crlf' | 'cr' | 'none';
}

export interface CsvReading {
  /** A row that is too long is given as soon as that is known. Where it returns false, nothing more is read. */
  readonly visit: (record: CsvRecord) => boolean;
  /** After every chunk. */
  readonly pause?: () => Promise<void>;
  /** Bytes that are read at most, in whole chunks: a row that goes on there is not given. */
  readonly most?: number;
  /** Bytes that are read at a time. */
  readonly chunkSize?: number;
}

export class UnclosedQuote extends Error {
  override readonly name = 'UnclosedQuote';
  readonly line: number;
  constructor(line: number) {
    super(`a quote that opens on line ${line} is never closed`);
    this.line = line;
  }
}

/**
 * Gives the records of a file by RFC 4180, one after the other, in constant memory. A fault of a row ends with the row. A line may end with LF,
 * CRLF or, where the first line does, with CR alone. A byte order mark of UTF-8 is skipped.
 * @throws UnclosedQuote where the file ends inside a quoted field: how many rows are in it nobody knows
 */
export async function readRecords(path: string, { visit, pause, most = Number.POSITIVE_INFINITY, chunkSize = 1 << 20 }: CsvReading): Promise<void> {
  const file = await open(path, 'r');
  try {
    const reader = new RecordReader(visit);
    const chunk = Buffer.allocUnsafe(chunkSize);
    for (let done = 0; done < most && !reader.stopped; ) {
      const { bytesRead } = await file.read(chunk, 0, chunkSize, null);
      if (bytesRead === 0) {
        reader.end();
        break;
      }
      const bom = done === 0 && bytesRead >= 3 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
      done += bytesRead;
      reader.push(chunk.subarray(bom, bytesRead));
      await pause?.();
    }
  } finally {
    await file.close();
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

class RecordReader {
  stopped = false;
  readonly #visit: CsvReading['visit'];
  /** The record that has begun. */
  readonly #record: Mutable<CsvRecord> = { line: 1, fields: 1, fault: undefined, data: Buffer.alloc(0), begin: 0, end: 0, lines: 1, ending: 'none' };
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #quoteLine = 1;
  /** Bytes of the record from earlier chunks, of which `#scanned` have been through the machine. */
  #rest: Buffer = Buffer.alloc(0);
  #scanned = 0;
  /** It was too long, and was given: what is left of it goes by. */
  #given = false;
  #carriageReturnEnds: boolean | undefined;
  /** Nothing is wrong with the bytes of any record that ends in this chunk. */
  #clean = true;

  constructor(visit: CsvReading['visit']) {
    this.#visit = visit;
  }

  push(chunk: Buffer): void {
    this.#scan(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false);
  }

  end(): void {
    this.#scan(this.#rest, true);
    if (!this.stopped && this.#state === 'quoted') throw new UnclosedQuote(this.#quoteLine);
  }

  #scan(data: Buffer, last: boolean): void {
    const record = this.#record;
    record.data = data;
    record.begin = 0;
    // A letter that is cut by the chunk's end is of a record that goes on.
    const ended = last ? data : data.subarray(0, 1 + Math.max(data.lastIndexOf(lineFeed), data.lastIndexOf(carriageReturn)));
    this.#clean = isUtf8(ended) && !ended.includes(0);
    const ends = new FieldEnds(data);
    let at = this.#scanned;
    while (at < data.length && !this.stopped) {
      if (this.#state === 'quoted') {
        at = ends.ofQuoted(at);
        if (at >= data.length) break;
        const here = data[at];
        if (here === quote) this.#state = 'closed';
        else if (here === lineFeed || (this.#carriageReturnEnds === true && data[at + 1] !== lineFeed)) record.lines += 1;
        at += 1;
        continue;
      }
      const byte = data[at];
      if (byte === comma) {
        record.fields += 1;
        this.#state = 'start';
        at += 1;
      } else if (byte === lineFeed) {
        this.#carriageReturnEnds ??= false;
        at = this.#finish(at, at + 1, 'lf');
      } else if (byte === carriageReturn) {
        // What follows decides; it may be in the next chunk.
        if (at + 1 === data.length && !last) break;
        if (data[at + 1] === lineFeed) {
          this.#carriageReturnEnds ??= false;
          at = this.#finish(at, at + 2, 'crlf');
        } else if ((this.#carriageReturnEnds ??= true)) at = this.#finish(at, at + 1, 'cr');
        else {
          record.fault ??= 'has a carriage return outside quotes';
          this.#state = 'plain';
          at += 1;
        }
      } else if (byte === quote) {
        this.#openQuote();
        at += 1;
      } else {
        if (this.#state === 'closed') record.fault ??= 'has text after a closing quote';
        this.#state = 'plain';
        at = ends.ofPlain(at + 1);
      }
    }
    if (this.stopped) return;
    if (last && this.#state !== 'quoted' && (this.#given || data.length > record.begin)) this.#finish(data.length, data.length, 'none');
    else this.#keep(data, at);
  }

  #openQuote(): void {
    if (this.#state === 'start') this.#quoteLine = this.#record.line + this.#record.lines - 1;
    if (this.#state === 'plain') this.#record.fault ??= 'has a quote inside an unquoted field';
    else this.#state = 'quoted';
  }

  #finish(end: number, next: number, ending: CsvRecord['ending']): number {
    const record = this.#record;
    if (!this.#given) this.#give(end, ending);
    this.#given = false;
    record.line += record.lines;
    record.fields = 1;
    record.lines = 1;
    record.fault = undefined;
    record.begin = next;
    this.#state = 'start';
    return next;
  }

  #give(end: number, ending: CsvRecord['ending']): void {
    const record = this.#record;
    record.end = Math.min(end, record.begin + csvLimits.row);
    record.ending = ending;
    if (end > record.end) record.fault = `is longer than ${csvLimits.row} bytes`;
    else if (!this.#clean) record.fault ??= faultOfBytes(record.data.subarray(record.begin, end));
    if (!this.#visit(record)) this.stopped = true;
  }

  /** What is left of a chunk, for the next. */
  #keep(data: Buffer, at: number): void {
    const { begin } = this.#record;
    if (!this.#given && at - begin > csvLimits.row) {
      this.#give(at, 'none');
      this.#given = true;
    }
    const from = this.#given ? at : begin;
    this.#rest = Buffer.from(data.subarray(from));
    this.#scanned = at - from;
  }
}

function faultOfBytes(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return 'holds a NUL byte';
  return isUtf8(bytes) ? undefined : 'is not UTF-8';
}
