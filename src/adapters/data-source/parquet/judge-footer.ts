import type { FileFault } from '../file-source.ts';
import { excerptOfText } from '../csv/excerpt.ts';
import type { ParquetLimits } from './parquet-limits.ts';
import type { ColumnChunk, ParquetFooter, SchemaElement } from './read-footer.ts';

const again = 'Copy the file again from where it came from.';
const bomb = 'If the file is what it should be, split it; if not, do not use it.';

/** Where the rows' bytes may lie. */
interface Room {
  /** Bytes of the file. */
  readonly size: number;
  /** Where the footer begins. */
  readonly end: number;
}

/** Undefined where what the file declares can be so and is within the limits. */
export function judgeFooter(footer: ParquetFooter, room: Room, limits: ParquetLimits): FileFault | undefined {
  return judgeSchema(footer, limits) ?? judgeAmounts(footer, room, limits) ?? judgeChunks(footer, room);
}

/** Most bytes that a file's values may take: what is far more than it holds was not meant. */
export function mostUnpacked({ size }: { readonly size: number }, limits: ParquetLimits): number {
  return Math.max(limits.uncompressedAlways, limits.compressionRatio * size);
}

/**
 * Columns of text or bytes whose values could take more than that: a dictionary keeps a long one once, and the footer does not say how long.
 * Only a look at the values can tell.
 */
export function repeatingColumns({ schema, rowGroups }: ParquetFooter, most: number): readonly string[] {
  return schema.slice(1).flatMap(({ name, physicalType }, index) => {
    if (physicalType !== 6 && physicalType !== 7) return [];
    const bound = rowGroups.reduce((sum, { columns }) => sum + (columns[index]?.values ?? 0) * (columns[index]?.uncompressed ?? 0), 0);
    return bound > most ? [name] : [];
  });
}

function judgeSchema({ schema, encrypted }: ParquetFooter, limits: ParquetLimits): FileFault | undefined {
  if (encrypted) return { fault: 'has encrypted columns, which Taxiway does not read', hint: 'Write the file without encryption.' };
  const [root, ...columns] = schema;
  if (columns.length > limits.columns) return { fault: `has ${columns.length} columns; at most ${limits.columns} are read`, hint: 'Keep only the columns that the dataset query reads.' };
  const nested = columns.find(({ children, repetition }) => children !== 0 || repetition === 2);
  if (nested !== undefined) return { fault: `has a nested column, ${excerptOfText(nested.name)}; only flat columns are read`, hint: 'Flatten it into columns of its own, or leave it out.' };
  if (root?.children !== columns.length || columns.length === 0) return { fault: `is damaged: its schema declares ${root?.children ?? 0} columns and describes ${columns.length}`, hint: again };
  for (const column of columns) {
    const fault = judgeType(column);
    if (fault !== undefined) return fault;
  }
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    if (name === '') return { fault: 'has a column without a name', hint: again };
    // SQL does not tell upper from lower case in names.
    const earlier = seen.get(name.toLowerCase());
    if (earlier !== undefined) return { fault: `has columns ${excerptOfText(earlier)} and ${excerptOfText(name)}, which SQL cannot tell apart`, hint: 'Rename one of them.' };
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

const logicalTypes: Readonly<Record<number, string>> = { 2: 'MAP', 3: 'LIST', 13: 'BSON', 16: 'VARIANT', 17: 'GEOMETRY', 18: 'GEOGRAPHY' };
const readLogicalTypes = [1, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15];
const convertedTypes: Readonly<Record<number, string>> = { 1: 'MAP', 2: 'MAP_KEY_VALUE', 3: 'LIST', 20: 'BSON', 21: 'INTERVAL' };

function judgeType({ name, physicalType, convertedType, logicalType }: SchemaElement): FileFault | undefined {
  const hint = 'Write the column as text, a number, a date or a timestamp, or leave it out.';
  if (physicalType === undefined || physicalType < 0 || physicalType > 7) return { fault: `is damaged: column ${excerptOfText(name)} has no type that there is`, hint: again };
  if (logicalType !== undefined && !readLogicalTypes.includes(logicalType)) {
    return { fault: `has a column ${excerptOfText(name)} of type ${logicalTypes[logicalType] ?? `number ${logicalType}`}, which is not read`, hint };
  }
  const converted = convertedType === undefined ? undefined : (convertedTypes[convertedType] ?? (convertedType < 0 || convertedType > 21 ? `number ${convertedType}` : undefined));
  return converted === undefined ? undefined : { fault: `has a column ${excerptOfText(name)} of type ${converted}, which is not read`, hint };
}

function judgeAmounts({ rows, schema, rowGroups }: ParquetFooter, { size }: Room, limits: ParquetLimits): FileFault | undefined {
  const chunks = rowGroups.flatMap(({ columns }) => columns);
  const uncompressed = chunks.reduce((sum, chunk) => sum + chunk.uncompressed, 0);
  const declared = rowGroups.reduce((sum, group) => sum + group.rows, 0);
  const most = Math.max(rows, declared);
  const values = most * (schema.length - 1);
  const declares = (what: string, limit: string): FileFault => ({ fault: `declares ${what} in ${size} bytes; at most ${limit} are read`, hint: bomb });
  if (rowGroups.length > limits.rowGroups) return declares(`${rowGroups.length} row groups`, String(limits.rowGroups));
  if (most > limits.rows) return declares(`${most} rows`, String(limits.rows));
  if (uncompressed > limits.uncompressed) return declares(`${uncompressed} bytes uncompressed`, String(limits.uncompressed));
  if (uncompressed > limits.uncompressedAlways && uncompressed > limits.compressionRatio * size) return declares(`${uncompressed} bytes uncompressed`, `${limits.compressionRatio} times its size`);
  if (values > limits.valuesAlways && values > limits.valuesPerByte * size) return declares(`${values} values`, `${limits.valuesPerByte} a byte`);
  if (rows < 0 || rowGroups.some((group) => group.rows < 0) || declared !== rows) return { fault: `is damaged: it declares ${rows} rows, its row groups ${declared}`, hint: again };
  return undefined;
}

function judgeChunks({ schema, rowGroups }: ParquetFooter, room: Room): FileFault | undefined {
  const columns = schema.slice(1);
  for (const [number, group] of rowGroups.entries()) {
    const damaged = (what: string): FileFault => ({ fault: `is damaged: row group ${number + 1} ${what}`, hint: again });
    if (group.columns.length !== columns.length) return damaged(`has ${group.columns.length} columns, the schema ${columns.length}`);
    for (const [index, chunk] of group.columns.entries()) {
      const name = excerptOfText(columns[index]?.name ?? '');
      if (chunk.encrypted) return { fault: `has an encrypted column, ${name}, which Taxiway does not read`, hint: 'Write the file without encryption.' };
      if (chunk.elsewhere) return { fault: `keeps column ${name} in another file, which is not read`, hint: 'Write the file whole.' };
      if (!chunk.described || chunk.physicalType !== columns[index]?.physicalType) return damaged(`does not describe column ${name} as the schema does`);
      if (chunk.codec < 0 || chunk.codec > 7) return damaged(`compresses column ${name} in a way that there is not`);
      if (chunk.values !== group.rows) return damaged(`declares ${group.rows} rows and ${chunk.values} values of column ${name}`);
      if (!liesWithin(chunk, room)) return damaged(`has column ${name} outside the file`);
    }
  }
  return undefined;
}

function liesWithin({ dataOffset, dictionaryOffset = 0, compressed, uncompressed, values }: ColumnChunk, { end }: Room): boolean {
  // Some writers say 0 where there is no dictionary.
  const begin = dictionaryOffset > 0 ? Math.min(dictionaryOffset, dataOffset) : dataOffset;
  if (compressed < 0 || uncompressed < 0) return false;
  if (values === 0) return true;
  return begin >= 4 && dataOffset >= 4 && compressed > 0 && begin + compressed <= end;
}
