/**
 * A row that comes with others in its request takes this share of one that comes alone. Measured with 46 numbers and 4 categories: 0.31 ms alone, 0.01 ms as
 * one of a thousand in bulk; as JSON between the two.
 */
const furtherRow = 1 / 16;

/** What rows of so many requests take, in rows that come alone. Counted as such, bulk in flight would have everybody else refused. */
export const rowWork = (rows: number, requests = 1): number => requests + (rows - requests) * furtherRow;
