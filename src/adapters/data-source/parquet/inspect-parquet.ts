import { readBytes, type FileFault } from '../file-source.ts';
import { foreignFormat, foreignFormatFault } from '../csv/foreign-format.ts';
import { judgeFooter, mostUnpacked, repeatingColumns } from './judge-footer.ts';
import type { ParquetLimits } from './parquet-limits.ts';
import { readFooter } from './read-footer.ts';
import { ThriftFault } from './thrift-compact.ts';

const again = 'Copy the file again from where it came from.';

export interface InspectedParquet {
  /** Columns whose values have to be measured before they are read. */
  readonly repeating: readonly string[];
}

/** Looks at a file's ends and footer and judges what it declares. Nothing of its rows is read. */
export async function inspectParquet({ path, size }: { readonly path: string; readonly size: number }, limits: ParquetLimits): Promise<FileFault | InspectedParquet> {
  if (size === 0) return { fault: 'is empty', hint: again };
  const head = await readBytes(path, 0, 512);
  const begins = head.subarray(0, 4).toString('latin1');
  if (begins !== 'PAR1') {
    const foreign = foreignFormat(head);
    return foreign === undefined ? { fault: 'is no Parquet file: it does not begin with PAR1', hint: again } : foreignFormatFault(foreign, 'Parquet');
  }
  if (size < 12) return { fault: `is ${size} bytes long: no Parquet file is that short`, hint: again };
  const tail = await readBytes(path, size - 8, 8);
  const ends = tail.subarray(4).toString('latin1');
  if (ends === 'PARE') return { fault: 'has an encrypted footer, which Taxiway does not read', hint: 'Write the file without encryption.' };
  if (ends !== 'PAR1') return { fault: 'is cut short: a Parquet file ends with PAR1', hint: again };
  const length = tail.readUInt32LE(0);
  if (length > size - 12) return { fault: `is damaged: its footer would be ${length} bytes long, the file is ${size}`, hint: again };
  if (length > limits.footer) return { fault: `has a footer of ${length} bytes; at most ${limits.footer} are read`, hint: 'Write fewer columns or larger row groups.' };
  try {
    const footer = readFooter(await readBytes(path, size - 8 - length, length));
    return judgeFooter(footer, { size, end: size - 8 - length }, limits) ?? { repeating: repeatingColumns(footer, mostUnpacked({ size }, limits)) };
  } catch (cause) {
    if (!(cause instanceof ThriftFault)) throw cause;
    return { fault: `is damaged: its footer ${cause.message}`, hint: again };
  }
}
