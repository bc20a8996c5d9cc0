import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { z } from 'zod';
import { allowedKeys, type AllowedContext, describeAllowed } from './allowed.ts';
import { nearest } from './nearest.ts';
import { findKey, findNode } from './find-node.ts';

/** One mistake in a file: where, and what was found and is allowed. */
export interface Mistake {
  /** Characters from the beginning of the text. */
  readonly offset: number;
  readonly text: string;
}

export interface IssueContext extends AllowedContext {
  readonly root: Node | null;
}

type Issue = z.core.$ZodIssue;

/** Turns what the schema says into what a person needs: the place, what stands there, what may stand there. */
export function describeIssue(issue: Issue, context: IssueContext): Mistake[] {
  const where = issue.path.map(String).join('.') || 'the document';
  const node = findNode(context.root, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => mistake(findKey(context.root, [...issue.path, key]), `${where}: unknown key "${key}"${suggestKeys(key, issue, context)}`));
  }
  if (issue.code === 'invalid_key') {
    const name = JSON.stringify(String(issue.path.at(-1)));
    return [mistake(findKey(context.root, issue.path), `${where}: found ${name}: ${sentence(issue.issues[0]) ?? 'no allowed name'}`)];
  }
  if (issue.code === 'invalid_union') return describeUnion(issue, context);
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && node === undefined && issue.path.length > 0) return [missing(issue, context)];
  if (issue.code === 'invalid_value') return [mistake(node, `${where}: found ${show(node)}; allowed: ${issue.values.map(String).join(', ')}`)];
  // Rules between sections say what they found, unless they only say what must be.
  if (issue.code === 'custom' && !issue.message.startsWith('must')) return [mistake(node ?? findKey(context.root, issue.path), `${where}: ${issue.message}`)];
  // A sentence of the schema's own says more than its shape.
  const written = sentence(issue);
  return [mistake(node ?? findKey(context.root, issue.path), `${where}: found ${show(node)}${written === undefined ? `; allowed: ${describeAllowed(context, issue.path)}` : `: ${written}`}`)];
}

/** A key that is not there: shown where its owner begins. */
function missing(issue: Issue, context: IssueContext): Mistake {
  const owner = issue.path.slice(0, -1);
  const where = owner.map(String).join('.') || 'the document';
  return mistake(findKey(context.root, owner), `${where}: the key "${String(issue.path.at(-1))}" is missing; allowed: ${describeAllowed(context, issue.path)}`);
}

/** Of several forms, the mistakes of the one that fits best; values that any of the forms takes are named together. */
function describeUnion(issue: Extract<Issue, { readonly code: 'invalid_union' }>, context: IssueContext): Mistake[] {
  const prefixed = issue.errors.map((inner) => inner.map((nested): Issue => ({ ...nested, path: [...issue.path, ...nested.path] })));
  const [closest] = [...prefixed].sort((a, b) => a.length - b.length);
  if (closest === undefined) {
    const node = findNode(context.root, issue.path);
    if (node === undefined) return [missing(issue, context)];
    return [mistake(node, `${issue.path.map(String).join('.')}: found ${show(node)}; allowed: ${describeAllowed(context, issue.path)}`)];
  }
  return closest.flatMap((nested) => {
    if (nested.code !== 'invalid_value') return describeIssue(nested, context);
    const others = prefixed.flat().filter((other) => other.code === 'invalid_value' && other.path.join('.') === nested.path.join('.'));
    return describeIssue({ ...nested, values: [...new Set(others.flatMap((other) => (other.code === 'invalid_value' ? other.values : [])))] }, context);
  });
}

function suggestKeys(key: string, issue: Issue, context: IssueContext): string {
  const known = allowedKeys(context, issue.path);
  if (known.length === 0) return '';
  const [closest] = nearest(key, known.flat().filter((name) => name !== key));
  const suggestion = closest === undefined ? '' : `; did you mean "${closest}"?`;
  return `${suggestion}${suggestion === '' ? ';' : ''} allowed: ${known.map((keys) => keys.join(', ')).join('; or ')}`;
}

/** The schema's own sentence, where one was written for people. */
function sentence(issue: { readonly message: string } | undefined): string | undefined {
  return issue === undefined || /^(?:Invalid|Too |Unrecognized)/.test(issue.message) ? undefined : issue.message;
}

function mistake(node: Node | undefined, text: string): Mistake {
  return { offset: node?.range?.[0] ?? 0, text };
}

function show(node: Node | undefined): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return node.items.length === 0 ? 'an empty list' : 'a list';
  if (!isScalar(node)) return 'nothing';
  return node.value === null ? 'nothing' : JSON.stringify(node.value);
}
