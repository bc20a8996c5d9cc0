/**
 * Why a text is no single SQL condition that can stand in brackets: a bracket, quote or comment that it does not close would take in, or cut off, what
 * stands around it. Undefined where it can; whether it means anything is for the engine to say.
 */
export function conditionFault(sql: string): string | undefined {
  let open = 0;
  for (let rest = sql; rest !== ''; ) {
    const token = nextToken(rest);
    if (token === undefined) return `${/['"]/.exec(rest)?.[0] ?? ''} is not closed`;
    if (token === '(') open += 1;
    if (token === ')') open -= 1;
    if (open < 0) return ') closes a bracket that it did not open';
    if (token === '--' || token === '/*') return `${token} begins a comment`;
    if (token === ';') return '; ends the statement';
    rest = rest.slice(token.length);
  }
  return open > 0 ? '( is not closed' : undefined;
}

/** A literal or quoted name as a whole, else what stands for itself; undefined where a quote is not closed. */
function nextToken(sql: string): string | undefined {
  const pattern = /^(?:[Ee]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--|\/\*|(?![Ee]')[A-Za-z_]\w*|(?![Ee]')[^'"])/;
  return pattern.exec(sql)?.[0];
}
