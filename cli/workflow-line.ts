const command = /^::(\w[\w-]*)(?: [^:]*)?::(.*)$/;

/**
 * What a runner's log line says to people: a warning or an error as plain text, nothing of the other commands, any other line as it is.
 * Source of the escapes: actions/toolkit, packages/core/src/command.ts.
 */
export function workflowLine(line: string): string | undefined {
  if (line === '') return undefined;
  const [, name, data = ''] = command.exec(line) ?? [];
  if (name === undefined) return line;
  if (name !== 'error' && name !== 'warning') return undefined;
  const text = data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%').replace(/\r\n?/g, '\n').replaceAll('\n', '\n  ');
  return name === 'warning' ? `warning: ${text}` : text;
}
