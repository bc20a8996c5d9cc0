import { digestOf } from '../../artifacts/digest.ts';
import { federalHolidays } from '../../data/federal-holidays.ts';
import { quoteText } from '../../data/sql-text.ts';
import type { DataSource } from '../../ports/data-source.ts';

/** US federal holidays as a relation of day and name, for every year the window touches and one on each side. */
export function holidaysSource(): DataSource {
  return {
    resolve: ({ from, to }) => {
      const first = new Date(from).getUTCFullYear() - 1;
      const last = new Date(to).getUTCFullYear() + 1;
      const rows = federalHolidays(first, last).map(({ day, name }) => [day, name] as const);
      const values = rows.map(([day, name]) => `(DATE ${quoteText(day)}, ${quoteText(name)})`).join(', ');
      const text = JSON.stringify(rows);
      return Promise.resolve({
        relation: `(SELECT * FROM (VALUES ${values}) AS calendar(day, name))`,
        files: [{ name: `us-federal-holidays-${first}-${last}`, digest: digestOf(text), size: Buffer.byteLength(text) }],
      });
    },
  };
}
