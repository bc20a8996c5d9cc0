/**
 * Rows of a CSV file after its header, counted by a grammar rather than by the reader's machine: a row is a run of quoted parts and of anything but
 * line ends. Undefined where a quoted field is never closed. The header ends with LF, so that a carriage return alone ends no row.
 */
export function countCsvRows(bytes: Buffer): number | undefined {
  // A byte is a character: what matters is ASCII.
  let rest = bytes.toString('latin1');
  let rows = -1;
  while (rest.length > 0) {
    const [row = ''] = /^(?:(?:"(?:[^"]|"")*"(?!")|(?!")(?:[^,\n\r]|\r(?!\n))|(?=[,\r\n]|$))(?:[^,\n\r]|\r(?!\n))*(?:,|(?=\r?\n|$)))*/.exec(rest) ?? [];
    if (rest.startsWith('"', row.length)) return undefined;
    const end = /^\r?\n/.exec(rest.slice(row.length))?.[0] ?? '';
    if (row !== '') rows += 1;
    if (row === '' && end === '') return undefined;
    rest = rest.slice(row.length + end.length);
  }
  return rows;
}
