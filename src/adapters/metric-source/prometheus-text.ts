export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite: whoever reads it decides. */
  readonly value: number;
}

export type MetricText = { readonly kind: 'samples'; readonly samples: readonly MetricSample[] } | { readonly kind: 'malformed'; readonly reason: string };

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+(-?\d+))?$/;
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * Parses the Prometheus text exposition format, version 0.0.4, and fails closed: one line that is not understood, a series that occurs twice
 * or a text cut in the middle of a line makes the whole answer malformed.
 */
export function parsePrometheusText(text: string): MetricText {
  if (text === '') return malformed('the answer is empty');
  if (!text.endsWith('\n')) return malformed('the answer is cut off');
  const samples: MetricSample[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const sample = parseSample(line);
    if (sample === undefined) return malformed(`line ${index + 1} is not understood`);
    const series = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(series)) return malformed(`line ${index + 1} repeats a series of ${sample.name}`);
    seen.add(series);
    samples.push(sample);
  }
  return { kind: 'samples', samples };
}

function parseSample(line: string): MetricSample | undefined {
  const match = sampleLine.exec(line);
  const [, name, labelText, valueText] = match ?? [];
  if (name === undefined || valueText === undefined) return undefined;
  const labels = parseLabels(labelText ?? '');
  const value = parseValue(valueText);
  return labels === undefined || value === undefined ? undefined : { name, labels, value };
}

/** As Go's ParseFloat, which Prometheus uses: NaN and Inf in any case, decimal numbers otherwise. */
function parseValue(text: string): number | undefined {
  if (number.test(text)) return Number(text);
  const [, sign, word] = notFinite.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word.toLowerCase() === 'nan') return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = label.exec(rest);
    const [whole, name, value] = match ?? [];
    if (whole === undefined || name === undefined || value === undefined || Object.hasOwn(labels, name)) return undefined;
    labels[name] = value.replace(/\\([\\"n])/g, (_all, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function malformed(reason: string): MetricText {
  return { kind: 'malformed', reason };
}
