import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { csvLimits } from './csv-limits.ts';

const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];
const keptOfLong = 4096;

/** One row of a CSV file as it lies there. */
export interface CsvRecord {
  /** Of its first character; the first line of the file is 1. */
  readonly line: number;
  readonly fields: number;
  /** Why it breaks RFC 4180, if it does. */
  readonly fault: string | undefined;
  /** Without its line end. Valid until the next record is asked for; of a row that is too long only the beginning. */
  readonly bytes: Buffer;
  /** Lines it takes: more than one where a quoted field has line breaks. */
  readonly lines: number;
  readonly ending: 'lf' | 'crlf' | 'cr' | 'none';
}

export interface CsvReading {
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

interface Machine {
  state: 'start' | 'plain' | 'quoted' | 'closed';
  fields: number;
  fault: string | undefined;
  line: number;
  lines: number;
  quoteLine: number;
}

/**
 * The records of a file by RFC 4180, one after the other, in constant memory. A fault of a row ends with the row. A line may end with LF, CRLF
 * or, where the first line does, with CR alone. A byte order mark of UTF-8 is skipped.
 * @throws UnclosedQuote where the file ends inside a quoted field: how many rows are in it nobody knows
 */
export async function* csvRecords(path: string, { most = Number.POSITIVE_INFINITY, chunkSize = 1 << 20 }: CsvReading = {}): AsyncGenerator<readonly CsvRecord[]> {
  const file = await open(path, 'r');
  try {
    const reader = new RecordReader();
    const chunk = Buffer.allocUnsafe(chunkSize);
    for (let done = 0; done < most; ) {
      const { bytesRead } = await file.read(chunk, 0, chunkSize, null);
      if (bytesRead === 0) {
        yield reader.end();
        return;
      }
      const bom = done === 0 && bytesRead >= 3 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
      done += bytesRead;
      yield reader.push(chunk.subarray(bom, bytesRead));
    }
  } finally {
    await file.close();
  }
}

class RecordReader {
  readonly #machine: Machine = { state: 'start', fields: 1, fault: undefined, line: 1, lines: 1, quoteLine: 1 };
  /** The record that has begun, of which `#scanned` bytes have been through the machine. */
  #rest: Buffer = Buffer.alloc(0);
  #scanned = 0;
  /** Bytes of the record before `#rest`, where it is too long to be kept. */
  #dropped = 0;
  #carriageReturnEnds: boolean | undefined;

  push(chunk: Buffer): CsvRecord[] {
    return this.#scan(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false);
  }

  end(): CsvRecord[] {
    const records = this.#scan(this.#rest, true);
    if (this.#machine.state === 'quoted') throw new UnclosedQuote(this.#machine.quoteLine);
    return records;
  }

  #scan(data: Buffer, last: boolean): CsvRecord[] {
    const machine = this.#machine;
    const records: CsvRecord[] = [];
    const clean = isUtf8(data) && !data.includes(0);
    let begin = 0;
    let at = this.#scanned;
    const finish = (end: number, next: number, ending: CsvRecord['ending']): void => {
      const long = this.#dropped + end - begin > csvLimits.row;
      const bytes = data.subarray(begin, Math.min(end, begin + csvLimits.row));
      const fault = long ? `is longer than ${csvLimits.row} bytes` : (machine.fault ?? (clean ? undefined : faultOfBytes(bytes)));
      records.push({ line: machine.line, fields: machine.fields, fault, bytes, lines: machine.lines, ending });
      machine.line += machine.lines;
      machine.state = 'start';
      machine.fields = 1;
      machine.lines = 1;
      machine.fault = undefined;
      this.#dropped = 0;
      begin = next;
      at = next;
    };
    while (at < data.length) {
      const byte = data[at];
      if (machine.state === 'quoted') {
        // The tight loops are for speed: most bytes mean nothing to the machine.
        let here = byte;
        while (at < data.length && here !== lineFeed && here !== carriageReturn) {
          // A quote written twice is one of the field's; the second may be in the next chunk.
          if (here !== quote) at += 1;
          else if (data[at + 1] === quote) at += 2;
          else break;
          here = data[at];
        }
        if (at >= data.length) break;
        if (here === quote) machine.state = 'closed';
        else if (here === lineFeed || (this.#carriageReturnEnds === true && data[at + 1] !== lineFeed)) machine.lines += 1;
        at += 1;
      } else if (byte === comma) {
        machine.fields += 1;
        machine.state = 'start';
        at += 1;
      } else if (byte === lineFeed) {
        this.#carriageReturnEnds ??= false;
        finish(at, at + 1, 'lf');
      } else if (byte === carriageReturn) {
        // What follows decides; it may be in the next chunk.
        if (at + 1 === data.length && !last) break;
        if (data[at + 1] === lineFeed) {
          this.#carriageReturnEnds ??= false;
          finish(at, at + 2, 'crlf');
        } else if ((this.#carriageReturnEnds ??= true)) finish(at, at + 1, 'cr');
        else {
          machine.fault ??= 'has a carriage return outside quotes';
          machine.state = 'plain';
          at += 1;
        }
      } else if (byte === quote) {
        if (machine.state === 'start') {
          machine.state = 'quoted';
          machine.quoteLine = machine.line + machine.lines - 1;
        } else if (machine.state === 'closed') machine.state = 'quoted';
        else machine.fault ??= 'has a quote inside an unquoted field';
        at += 1;
      } else {
        if (machine.state === 'closed') {
          machine.fault ??= 'has text after a closing quote';
          machine.state = 'plain';
        } else if (machine.state === 'start') machine.state = 'plain';
        let here: number | undefined;
        do here = data[++at];
        while (at < data.length && here !== comma && here !== lineFeed && here !== carriageReturn && here !== quote);
      }
    }
    if (last && machine.state !== 'quoted' && (data.length > begin || this.#dropped > 0)) finish(data.length, data.length, 'none');
    this.#keep(data.subarray(begin), at - begin);
    return records;
  }

  #keep(rest: Buffer, scanned: number): void {
    // Too long already: its beginning is enough for the report.
    const drop = this.#dropped + scanned > csvLimits.row ? Math.max(0, scanned - keptOfLong) : 0;
    this.#rest = drop === 0 ? Buffer.from(rest) : Buffer.concat([rest.subarray(0, keptOfLong), rest.subarray(scanned)]);
    this.#dropped += drop;
    this.#scanned = scanned - drop;
  }
}

function faultOfBytes(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return 'holds a NUL byte';
  return isUtf8(bytes) ? undefined : 'is not UTF-8';
}
