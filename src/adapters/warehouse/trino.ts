import { setTimeout as sleep } from 'node:timers/promises';
import { Trino, type QueryResult } from 'trino-client';
import { trinoDialect } from '../../data/sql/trino-dialect.ts';
import type { SqlEngine } from '../../data/sql/sql-engine.ts';
import { UserError } from '../../errors.ts';
import { trinoValue } from './trino-value.ts';
import { withoutCredentials } from '../http/public-url.ts';

export interface TrinoEngineOptions {
  /** E.g. https://trino.example:8443 */
  readonly endpoint: string;
  readonly catalog: string;
  readonly schema: string;
  readonly user: string;
}

/** How long one answer may take. A long query answers often: each answer says where the next is. */
const answerDeadline = 60_000;
const attempts = 5;
const pause = 100;

/**
 * Runs queries on a Trino server: pages joined, moments in UTC. Missing values are null, NaN and ±Infinity come as text.
 * @throws UserError warehouse-unavailable, warehouse-query-failed
 * @see https://trino.io/docs/current/develop/client-protocol.html
 */
export function createTrinoEngine({ endpoint, catalog, schema, user }: TrinoEngineOptions): SqlEngine {
  const server = endpoint.replace(/\/+$/, '');
  const client = Trino.create({ server, catalog, schema, source: 'taxiway', extraHeaders: { 'X-Trino-User': user, 'X-Trino-Time-Zone': 'UTC' } });
  return {
    dialect: trinoDialect,
    rows: async (sql) => {
      const pages = await answered(server, () => client.query(sql));
      const rows: Record<string, unknown>[] = [];
      for (;;) {
        // A failed request leaves the iterator where it was, so that asking again asks for the same page.
        const page: IteratorResult<QueryResult, QueryResult | undefined> = await answered(server, () => pages.next());
        if (page.value === undefined || typeof page.value !== 'object' || !('id' in page.value)) throw notTrino(server);
        if (page.value.error !== undefined) throw queryFailed(page.value.error, sql);
        if (page.done === true) return rows;
        rows.push(...rowsOf(page.value));
      }
    },
  };
}

function rowsOf({ columns = [], data = [] }: QueryResult): Record<string, unknown>[] {
  return data.map((values) => Object.fromEntries(columns.map((column, index) => [column.name, trinoValue(values[index], column)])));
}

/** Asks again, after a pause, where the protocol says so. */
async function answered<Answer>(server: string, ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const deadline = new AbortController();
    try {
      return await Promise.race([ask(), sleep(answerDeadline, undefined, { signal: deadline.signal }).then(() => Promise.reject(new Error(`no answer in ${answerDeadline / 1000} s`)))]);
    } catch (cause) {
      const status = (cause as { response?: { status?: number } }).response?.status;
      if (attempt === attempts || status === undefined || ![429, 502, 503, 504].includes(status)) throw unavailable(server, cause, status);
      await sleep(pause * 2 ** (attempt - 1));
    } finally {
      deadline.abort();
    }
  }
}

function unavailable(server: string, cause: unknown, status: number | undefined): UserError {
  const { code, message } = cause as { code?: string; message?: string };
  if (status === 401 || status === 403) {
    return new UserError('warehouse-unavailable', `The warehouse at ${withoutCredentials(server)} refuses the user (HTTP ${status})`, { hint: 'Use a user who may query the catalogue.', cause });
  }
  const why = message === undefined || message === '' ? (code ?? String(cause)) : message;
  return new UserError('warehouse-unavailable', `The warehouse at ${withoutCredentials(server)} does not answer: ${why}`, { hint: 'Check that the server runs and can be reached from here; then run the step again.', cause });
}

function notTrino(server: string): UserError {
  return new UserError('warehouse-unavailable', `What answers at ${withoutCredentials(server)} is not a Trino server`, { hint: 'Give the address of the coordinator, e.g. https://trino.example:8443.' });
}

function queryFailed(error: NonNullable<QueryResult['error']>, sql: string): UserError {
  const excerpt = sql.length > 200 ? `${sql.slice(0, 200)}…` : sql;
  return new UserError('warehouse-query-failed', `The warehouse cannot run a query: ${error.errorName}: ${error.message} (${excerpt})`, {
    hint: 'Check that the table exists and that the conditions of pipeline.yaml are SQL which this warehouse understands.',
    cause: error,
  });
}
