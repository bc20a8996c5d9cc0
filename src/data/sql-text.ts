/** The only places where names and values become SQL text. */

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @param time milliseconds since the Unix epoch, UTC */
export function timestampLiteral(time: number): string {
  return `TIMESTAMP '${new Date(time).toISOString().replace('T', ' ').replace('Z', '')}'`;
}
