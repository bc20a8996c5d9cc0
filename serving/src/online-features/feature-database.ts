import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StartError } from '../start-error.ts';
import { type DuckDbConnection, type DuckDbInstance, type DuckDbStatement, loadDuckDb } from './duckdb-module.ts';
import { EvaluatedMinute, type FeatureColumn } from './evaluated-minute.ts';
import type { ChangedFlights } from './flight-ledger.ts';
import { appendFlights, flightTable } from './flight-table.ts';

export interface FeatureDatabaseOptions {
  /** The dataset query. */
  readonly query: string;
  /** Folders of Parquet files, one for each source except `flights`; an earlier folder's goes before a later one's. */
  readonly sources: readonly string[];
  /** Columns that a request must bring. */
  readonly columns: readonly string[];
}

/** A flight may leave this long after its schedule, and before it; minutes. */
export const leavesWithin = { after: 1440, before: 60 } as const;
const minute = 60_000;
const memory = '256MB';

/**
 * The flights as the query sees them at a minute: every flight that has not left before it, and could leave at it, leaves at it. All that the query
 * computes of a flight reads minutes before the one it is asked at, so no flight's features depend on who else leaves at that minute, and all
 * can be asked about in one go. A landing whose departure was never told is left as it is.
 */
const flightsView = `CREATE VIEW flights AS SELECT * EXCLUDE (id, scheduled, minute) REPLACE (
  CASE WHEN scheduled BETWEEN minute - ${leavesWithin.after} AND minute + ${leavesWithin.before} AND coalesce(scheduled + dep_delay >= minute, arr_delay IS NULL)
    THEN (minute - scheduled)::SMALLINT ELSE dep_delay END AS dep_delay
) FROM (SELECT *, (epoch_ms(scheduled_departure) // ${minute})::INTEGER AS scheduled FROM told_flights), asked_minute`;

/** The record of the trailing days in an in-memory DuckDB, and the query that training used over it. One call at a time. */
export class FeatureDatabase {
  readonly #instance: DuckDbInstance;
  readonly #connection: DuckDbConnection;
  readonly #options: FeatureDatabaseOptions;
  readonly #loaded = new Map<string, string>();
  #statement: DuckDbStatement | undefined;
  #kinds: readonly Omit<FeatureColumn, 'values'>[] = [];
  #weatherKnown = false;

  private constructor(instance: DuckDbInstance, connection: DuckDbConnection, options: FeatureDatabaseOptions) {
    this.#instance = instance;
    this.#connection = connection;
    this.#options = options;
  }

  /** @throws StartError where a source is missing, or the query does not give the model's columns */
  static async open(options: FeatureDatabaseOptions): Promise<FeatureDatabase> {
    const { DuckDBInstance } = loadDuckDb();
    // One thread: a query of 200 ms a minute must not take a second core from the requests. Nothing is spilled: the root is read-only.
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: memory, temp_directory: '', autoinstall_known_extensions: 'false', allocator_flush_threshold: '1MB' });
    const database = new FeatureDatabase(instance, await instance.connect(), options);
    try {
      await database.#prepare();
    } catch (cause) {
      database.close();
      if (cause instanceof StartError) throw cause;
      const found = [...database.#loaded.keys()].map((file) => basename(file, '.parquet')).sort();
      throw new StartError(`the dataset query cannot be prepared over the sources ${found.join(', ')}: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}; mount a folder with what is missing, one Parquet file for each source, and name it in FEATURE_SOURCES`, { cause });
    }
    return database;
  }

  async apply({ rows, removed }: ChangedFlights): Promise<void> {
    const gone = [...removed, ...rows.map(({ id }) => id)];
    if (gone.length > 0) await this.#connection.run(`DELETE FROM told_flights WHERE id IN (${gone.join(', ')})`);
    await appendFlights(this.#connection, rows);
  }

  /** @param asked Minutes since the epoch. */
  async evaluate(asked: number, watermark: number): Promise<EvaluatedMinute> {
    await this.#refreshSources();
    await this.#connection.run(`UPDATE asked_minute SET minute = ${asked}`);
    const moment = (minutes: number): string => new Date(minutes * minute).toISOString().replace('T', ' ').replace('Z', '');
    this.#statement ??= await this.#connection.prepare(this.#wrapped());
    this.#statement.bind({ from: moment(asked - leavesWithin.after), to: moment(asked + leavesWithin.before + 1), as_of: moment(asked) });
    const result = await this.#statement.run();
    const values = this.#kinds.map((): (string | number | null)[] => []);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (const [index, column] of values.entries()) {
        const vector = chunk.getColumnVector(index);
        for (let row = 0; row < chunk.rowCount; row += 1) column.push(vector.getItem(row) as string | number | null);
      }
    }
    const columns = this.#kinds.map((kind, index): FeatureColumn => ({ ...kind, values: values[index] ?? [] }));
    // Setting the limit gives freed memory back to the system: what a query took for a moment would stay, some 200 MB.
    await this.#connection.run(`SET memory_limit = '${memory}'`);
    return new EvaluatedMinute(columns, { watermark, weather: await this.#newestWeather(moment(asked)) });
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #prepare(): Promise<void> {
    await this.#connection.run("SET TimeZone = 'UTC'");
    // Another plan would give the same rows: as ingest runs it, the right side of a join is the one that is held, as it is written.
    await this.#connection.run("SET disabled_optimizers = 'build_side_probe_side'");
    await this.#connection.run(`CREATE TABLE told_flights (${flightTable})`);
    await this.#connection.run('CREATE TABLE asked_minute (minute INTEGER)');
    await this.#connection.run('INSERT INTO asked_minute VALUES (0)');
    await this.#connection.run(flightsView);
    await this.#refreshSources();
    const described = await this.#connection.runAndReadAll(`DESCRIBE SELECT * FROM (\n${this.#options.query}\n)`, { from: '2000-01-01', to: '2000-01-02', as_of: '2000-01-02' });
    const kinds = new Map(described.getRowsJson().map(([name, type]) => [String(name), kindOf(String(type))]));
    const lacking = this.#options.columns.filter((name) => !kinds.has(name));
    if (lacking.length > 0) throw new StartError(`the dataset query gives no ${lacking.join(', ')}, which the model takes; it gives ${[...kinds.keys()].join(', ')}`);
    for (const name of ['flight_id', 'scheduled_departure']) if (!this.#options.columns.includes(name)) throw new StartError(`online features need a model with key column ${name}; it has ${this.#options.columns.join(', ')}`);
    this.#kinds = this.#options.columns.map((name) => ({ name, kind: kinds.get(name) ?? 'string' }));
  }

  /** The very query, narrowed to the columns and flights that are asked for. */
  #wrapped(): string {
    const selected = this.#kinds.map(({ name, kind }) => {
      const column = `"${name.replaceAll('"', '""')}"`;
      if (kind === 'string') return `${column}::VARCHAR`;
      // NaN is no number in JSON: a missing one is null, as in a request.
      return kind === 'timestamp' ? `epoch_ms(${column})::DOUBLE` : `${column}::DOUBLE`;
    });
    return `SELECT ${selected.join(', ')} FROM (\n${this.#options.query}\n) WHERE predicted_at = $as_of::TIMESTAMP`;
  }

  /** Files that were written anew are read anew: weather goes on. */
  async #refreshSources(): Promise<void> {
    for (const [file, path] of await this.#sourceFiles()) {
      const { size, mtimeMs } = await stat(path);
      const state = `${path} ${size} ${mtimeMs}`;
      if (this.#loaded.get(file) === state) continue;
      const name = basename(file, '.parquet');
      await this.#connection.run(`CREATE OR REPLACE TABLE "${name.replaceAll('"', '""')}" AS SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
      if (name === 'weather') this.#weatherKnown = (await this.#connection.runAndReadAll("SELECT 1 FROM duckdb_columns() WHERE table_name = 'weather' AND column_name = 'observed_hour'")).getRowsJson().length > 0;
      this.#loaded.set(file, state);
    }
  }

  /** Paths of the files by name, sorted by it. The flights are the feed's. */
  async #sourceFiles(): Promise<[string, string][]> {
    const { sources } = this.#options;
    const folders = await Promise.all(sources.map(async (folder) => ({ folder, files: await readdir(folder).catch(() => undefined) })));
    const [first] = folders;
    // A version may come without sources; a mounted folder, which goes first, is there because somebody says so.
    if (first?.files === undefined) throw new StartError(`the sources of online features are not to be found in ${first?.folder ?? 'any folder'}; name a folder of Parquet files in FEATURE_SOURCES`);
    const paths = folders.toReversed().flatMap(({ folder, files = [] }) => files.filter((file) => file.endsWith('.parquet')).map((file) => [file, join(folder, file)] as const));
    return [...new Map(paths)].filter(([file]) => file !== 'flights.parquet').sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** An hour's record is complete at H:55, as the query has it. */
  async #newestWeather(asked: string): Promise<number | undefined> {
    if (!this.#weatherKnown) return undefined;
    const found = await this.#connection.runAndReadAll(`SELECT epoch_ms(max(observed_hour))::VARCHAR FROM weather WHERE observed_hour + INTERVAL 55 MINUTE <= $asked::TIMESTAMP`, { asked });
    const text = found.getRowsJson()[0]?.[0];
    return text === null || text === undefined ? undefined : Number(text);
  }
}

function kindOf(type: string): FeatureColumn['kind'] {
  if (/^(TIMESTAMP|DATE)/.test(type)) return 'timestamp';
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*|BOOLEAN)$/.test(type)) return 'number';
  return 'string';
}
