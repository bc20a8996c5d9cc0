import { Document, isNode, type Node, YAMLMap, YAMLSeq } from 'yaml';
import { formatCount } from '../report/format-number.ts';
import type { Suggestion } from './suggest.ts';

const day = 86_400_000;
const year = 360 * day;

export interface SuggestYamlOptions {
  /** What was looked at. */
  readonly subject: string;
  /** Ids of suggested checks that these rows do not pass, by position. */
  readonly failing: ReadonlySet<number>;
  /** Whether roles and moments were taken from a pipeline file. */
  readonly declared: boolean;
}

/** Two sections of pipeline.yaml, `columns` and `checks`, with the evidence above every line. */
export function suggestionYaml(suggestion: Suggestion, { subject, failing, declared }: SuggestYamlOptions): string {
  const document = new Document({});
  document.commentBefore = comment([
    `Found in ${formatCount(suggestion.rows)} rows of ${subject}.`,
    'This describes what these rows are like, not what is right: read every line before it goes into pipeline.yaml.',
    ...(suggestion.span === undefined || suggestion.span >= year ? [] : [`The rows cover ${formatCount(Math.ceil(suggestion.span / day))} days: what has seasons (weather, delays) goes beyond these ranges in the others.`]),
    ...(declared ? [] : ['Nobody can read from rows when a value was known: `known: landed` keeps a column from becoming a feature until you say better; so does `role`.']),
  ]);
  const columns = new YAMLMap<Node, Node>();
  const left: string[] = [];
  for (const { name, evidence, column } of suggestion.columns) {
    if (column === undefined) {
      left.push(`${name}: ${evidence.join('; ')}`);
      continue;
    }
    const key = document.createNode(name);
    commentAbove(key, evidence);
    columns.set(key, flow(document, column));
  }
  if (left.length > 0) columns.comment = comment(['Left out:', ...left]);
  const checks = new YAMLSeq<Node>();
  for (const [index, { evidence, check }] of suggestion.checks.entries()) {
    const failed = failing.has(index);
    const node = flow(document, failed ? { ...check, mode: 'observe' } : check);
    commentAbove(node, failed ? [...evidence, 'these very rows do not pass it, so it only observes'] : evidence);
    checks.add(node);
  }
  document.set('columns', columns);
  const checksKey = document.createNode('checks');
  checksKey.spaceBefore = true;
  document.set(checksKey, checks);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function flow(document: Document, value: unknown): Node {
  const node = document.createNode(value, { flow: true });
  if (!isNode(node)) throw new Error('a value became no node');
  return node;
}

function commentAbove(node: unknown, lines: readonly string[]): void {
  if (isNode(node) && lines.length > 0) node.commentBefore = comment(lines);
}

/** A line break in a value must not end the comment. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => ` ${line.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')}`).join('\n');
}
