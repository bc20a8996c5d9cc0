/**
 * A unified diff of two short texts, whole file as context. Longest common subsequence by dynamic programming: meant for manifests, not for data.
 * @returns the empty string where both are equal
 */
export function lineDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const left = before.split('\n');
  const right = after.split('\n');
  const lengths = commonLengths(left, right);
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      lines.push(` ${left[row] ?? ''}`);
      row += 1;
      column += 1;
    } else if (row < left.length && (column === right.length || at(lengths, row + 1, column) >= at(lengths, row, column + 1))) {
      lines.push(`-${left[row] ?? ''}`);
      row += 1;
    } else {
      lines.push(`+${right[column] ?? ''}`);
      column += 1;
    }
  }
  if (lines.at(-1) === ' ') lines.pop();
  return [`--- a/${path}`, `+++ b/${path}`, ...lines, ''].join('\n');
}

/** lengths[i][j]: longest common subsequence of left from i and right from j. */
function commonLengths(left: readonly string[], right: readonly string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let row = left.length - 1; row >= 0; row -= 1) {
    const line = lengths[row] ?? [];
    for (let column = right.length - 1; column >= 0; column -= 1) {
      line[column] = left[row] === right[column] ? at(lengths, row + 1, column + 1) + 1 : Math.max(at(lengths, row + 1, column), at(lengths, row, column + 1));
    }
  }
  return lengths;
}

function at(table: readonly (readonly number[])[], row: number, column: number): number {
  return table[row]?.[column] ?? 0;
}
