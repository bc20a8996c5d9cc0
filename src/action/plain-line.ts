/**
 * Text that the runner cannot take for a workflow command: it obeys `::name::` at the start of a line and `##[name]` anywhere.
 * Source: actions/runner, src/Runner.Common/ActionCommand.cs.
 */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replaceAll('##[', '## [').replace(/^(\s*):(?=:)/, '$1: '))
    .join('\n');
}
