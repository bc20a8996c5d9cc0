/** How a text is built: every capital as A, every small letter as a, every digit as 9, all else as it is. */
export interface TextShape {
  readonly shape: string;
  readonly count: number;
}

const longest = 40;
const classes: readonly { readonly mark: string; readonly set: string }[] = [
  { mark: 'A', set: 'A-Z' },
  { mark: 'a', set: 'a-z' },
  { mark: '9', set: '0-9' },
];

/** The two arguments that make SQL's translate() give the shape. */
export const shapeAlphabets: readonly [string, string] = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  `${'A'.repeat(26)}${'a'.repeat(26)}${'9'.repeat(10)}`,
];

/**
 * A regular expression that all texts match, where they are codes: no blanks, the same punctuation at the same places, letters and digits between.
 * Undefined where they are not: a pattern of free text protects nothing.
 *
 * @example
 * suggestPattern([{ shape: 'AA99-AAA', count: 5 }, { shape: '9A999-AAA', count: 2 }]); // '^[A-Z0-9]{4,5}-[A-Z]{3}$'
 */
export function suggestPattern(shapes: readonly TextShape[]): string | undefined {
  const split = shapes.map(({ shape }) => shape.split(/([^Aa9]+)/));
  const first = split[0];
  if (first === undefined || shapes.some(({ shape }) => shape.length === 0 || shape.length > longest || /[\s\p{L}]/u.test(shape.replace(/[Aa]/g, '')))) return undefined;
  if (split.some((parts) => parts.length !== first.length || parts.some((part, index) => index % 2 === 1 && part !== first[index]))) return undefined;
  const parts = first.map((separator, index) => (index % 2 === 1 ? escape(separator) : segment(split.map((own) => own[index] ?? ''))));
  return `^${parts.join('')}$`;
}

/** Runs of one class each where all agree on them, e.g. two letters then one to four digits; else their classes together. */
function segment(texts: readonly string[]): string {
  const runs = texts.map((text) => text.match(/(.)\1*/g) ?? []);
  const order = (own: readonly string[]): string => own.map((run) => run[0]).join('');
  const first = runs[0] ?? [];
  if (runs.every((own) => order(own) === order(first))) return first.map((run, index) => repeat(classOf(run), runs.map((own) => own[index]?.length ?? 0))).join('');
  const set = classes.filter(({ mark }) => texts.some((text) => text.includes(mark))).map((entry) => entry.set);
  return repeat(set.join(''), texts.map(({ length }) => length));
}

function classOf(run: string): string {
  return classes.find(({ mark }) => run.startsWith(mark))?.set ?? '';
}

function repeat(set: string, lengths: readonly number[]): string {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return `[${set}]${least === most ? (least === 1 ? '' : `{${least}}`) : `{${least},${most}}`}`;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
