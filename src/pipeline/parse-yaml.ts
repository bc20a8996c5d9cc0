import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type ErrorCode, UserError } from '../errors.ts';

export interface YamlSource {
  /** As people know the file. */
  readonly path: string;
  readonly text: string;
  readonly code: ErrorCode;
}

/**
 * Parses YAML into a typed value. Every mistake is reported at once, each with file, line, column, what was found and what is allowed.
 * @throws UserError with the source's code
 */
export function parseYaml<Schema extends z.ZodType>(source: YamlSource, schema: Schema): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${source.path}:${line}:${col}`;
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const message = syntax.message.split('\n')[0] ?? syntax.message;
    throw new UserError(source.code, `${at(syntax.pos[0])} ${message.replace(/ at line \d+, column \d+:?$/, '')}`, {
      hint: 'Mend the YAML at that place.',
    });
  }
  const result = schema.safeParse(document.toJS());
  if (result.success) return result.data;
  const mistakes = result.error.issues.flatMap((issue) => describe(issue, document.contents)).map(({ node, text }) => `${at(node?.range?.[0] ?? 0)} ${text}`);
  throw new UserError(source.code, mistakes.join('\n'), {
    hint: 'Editors that read the schema named in the first line show the same mistakes while you type.',
  });
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, root: Node | null): { node: Node | undefined; text: string }[] {
  const where = issue.path.map(String).join('.') || 'the document';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      node: findNode(root, [...issue.path, key], true),
      text: `${where}: unknown key "${key}"`,
    }));
  }
  const node = findNode(root, issue.path, false);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const closest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
    const nested = closest.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] } as Issue, root));
    if (nested.length > 0) return nested;
  }
  return [{ node, text: `${where}: ${issue.message}${found(node)}` }];
}

function found(node: Node | undefined): string {
  return isScalar(node) ? ` (found ${JSON.stringify(node.value)})` : '';
}

/** The node at a path, or the deepest one that exists on the way; with `key`, the key's own node. */
function findNode(root: Node | null, path: readonly PropertyKey[], key: boolean): Node | undefined {
  let node: Node | undefined = root ?? undefined;
  for (const [depth, step] of path.entries()) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
      next = key && depth === path.length - 1 ? pair?.key : pair?.value;
    } else if (isSeq(node) && typeof step === 'number') {
      next = node.items[step];
    }
    if (next === undefined || next === null) return node;
    node = next as Node;
  }
  return node;
}
