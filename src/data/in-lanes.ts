import type { Database } from './database.ts';

/**
 * Two works at a time, each by the thread of its own connection: better than two threads that share every step of one query, where some steps
 * are one thread's. After the first failure no further work begins, and nothing runs on when this returns.
 */
export async function inLanes<Work>(database: Database, works: readonly Work[], perform: (connection: Database, work: Work) => Promise<void>): Promise<void> {
  const waiting = [...works];
  let failed = false;
  const lane = async (connection: Database): Promise<void> => {
    for (let work = waiting.shift(); work !== undefined && !failed; work = waiting.shift()) {
      try {
        await perform(connection, work);
      } catch (cause) {
        failed = true;
        throw cause;
      }
    }
  };
  // Where there is one thread anyway nothing is set: to end threads, DuckDB first gives back what memory they hold.
  const [{ threads } = {}] = await database.rows("SELECT current_setting('threads')::INTEGER AS threads");
  if (threads !== 1) await database.run('SET threads = 1');
  try {
    const ends = await Promise.allSettled(works.length > 1 ? [lane(database), database.alongside(lane)] : [lane(database)]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    if (threads !== 1) await database.run('RESET threads');
  }
}
