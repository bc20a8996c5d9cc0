import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { z } from 'zod';
import { type ErrorCode, UserError } from '../errors.ts';
import { describeIssue, type Mistake } from './describe-issue.ts';

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
  const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${source.path}:${line}:${col}`;
  };
  const refuse = (offset: number, text: string, cause: unknown): UserError =>
    new UserError(source.code, `${at(offset)} ${text}`, { hint: 'Mend the YAML at that place.', cause });
  const [syntax] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (syntax !== undefined) throw refuse(syntax.pos[0], describeSyntax(syntax, source.text), syntax);
  const value = toValue(document, refuse);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const mistakes = result.error.issues.flatMap((issue) => describeIssue(issue, { root: document.contents, shape, value }));
  throw new UserError(source.code, inOrder(mistakes).map(({ offset, text }) => `${at(offset)} ${text}`).join('\n'), {
    hint: source.code === 'pipeline-invalid' ? 'Editors that read the schema named in the first line show most of these mistakes while you type.' : 'Mend the file at that place.',
  });
}

/** As a reader meets them, each place and text once. */
function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const known = new Map(mistakes.map((mistake) => [`${mistake.offset} ${mistake.text}`, mistake]));
  return [...known.values()].sort((a, b) => a.offset - b.offset);
}

function describeSyntax({ code, message, pos }: YAMLError, text: string): string {
  const rest = text.slice(pos[0]);
  const word = /^[^\s:,{}[\]]+/.exec(rest)?.[0] ?? '';
  if (code === 'DUPLICATE_KEY') return `the key "${word}" comes twice; allowed: once`;
  if (code === 'MULTIPLE_DOCS') return 'a second document begins; allowed: one per file';
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; allowed: spaces';
  const sentence = message.split('\n')[0] ?? message;
  return `is no valid YAML: ${sentence.replace(/ at line \d+, column \d+:?$/, '')}`;
}

/** Aliases resolve here: to an anchor that is missing, or to so many copies that the file is an attack. */
function toValue(document: Document, refuse: (offset: number, text: string, cause: unknown) => UserError): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    let place: number | undefined;
    visit(document, {
      Alias: (_key, alias) => {
        if (place === undefined || alias.resolve(document) === undefined) place = alias.range?.[0];
        return alias.resolve(document) === undefined ? visit.BREAK : undefined;
      },
    });
    throw refuse(place ?? 0, cause.message.replace(/ \(.*\)/, ''), cause);
  }
}
