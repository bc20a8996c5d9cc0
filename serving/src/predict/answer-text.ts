import type { OperatingPoint } from '../operating-point/operating-point.ts';
import { decide } from './prediction.ts';
import type { Row } from './row-encoder.ts';

/**
 * Writes the answer of `/predict` as JSON text. Its members are few and known, so that there is no object per row to make and to walk through:
 * only what callers sent, the values of the key columns, has to be escaped.
 */
export class AnswerText {
  readonly #head: string;
  readonly #keys: readonly (readonly [column: string, prefix: string])[];
  #point: OperatingPoint | undefined;
  #pointText = '';

  /** @param identity members that every answer begins with */
  constructor(identity: object, key: readonly string[]) {
    this.#head = JSON.stringify(identity).slice(0, -1);
    this.#keys = key.map((column) => [column, `${JSON.stringify(column)}:`] as const);
  }

  /** @param notes further members of this answer, each a JSON text */
  write(answered: { readonly rows: readonly Row[]; readonly probabilities: ArrayLike<number>; readonly point: OperatingPoint }, notes: Readonly<Record<string, string>> = {}): string {
    const { rows, probabilities, point } = answered;
    let text = `${this.#head},"operatingPoint":${this.#textOf(point)}`;
    for (const name of Object.keys(notes)) text += `,${JSON.stringify(name)}:${notes[name] ?? 'null'}`;
    text += ',"predictions":[';
    for (const [index, row] of rows.entries()) {
      text += index === 0 ? '{' : ',{';
      for (const [column, prefix] of this.#keys) text += `${prefix}${JSON.stringify(row[column] ?? null)},`;
      const probability = probabilities[index] ?? Number.NaN;
      text += `"probability":${probability},"threshold":${point.threshold},"decision":${decide(probability, point)}}`;
    }
    return `${text}]}`;
  }

  /** Written once per operating point, which changes every few weeks. */
  #textOf(point: OperatingPoint): string {
    if (point !== this.#point) {
      this.#pointText = JSON.stringify({ id: point.id, threshold: point.threshold, source: point.source });
      this.#point = point;
    }
    return this.#pointText;
  }
}
