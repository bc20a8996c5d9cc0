/** What the loop shows: a story in lines that stay, and below them one line of progress that comes and goes. */
export interface Console {
  chapter(number: number, title: string, text: string): void;
  /** A line that stays. */
  say(text: string): void;
  /** A result: good, bad or neither. */
  result(kind: 'pass' | 'fail' | 'note', text: string): void;
  /** The present moment of long work, overwritten by the next. */
  status(text: string): void;
  bar(label: string, done: number, total: number): void;
  clear(): void;
}

/** Standard output, or what a test reads. */
export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const quietSeconds = 2;
const barWidth = 24;

/** On a terminal the progress line is redrawn in place; elsewhere a line is printed at most every two seconds. */
export function createConsole(terminal: Terminal, now: () => number): Console {
  const colour = terminal.isTTY === true && process.env['NO_COLOR'] === undefined;
  const paint = (code: string, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  let shown = false;
  let last = now();
  const clear = (): void => {
    if (shown) terminal.write('\r\u001b[2K');
    shown = false;
  };
  const line = (text: string): void => {
    clear();
    terminal.write(`${text}\n`);
    last = now();
  };
  const status = (text: string): void => {
    if (terminal.isTTY === true) {
      terminal.write(`\r\u001b[2K  ${paint('2', text.slice(0, (terminal.columns ?? 100) - 3))}`);
      shown = true;
    } else if (now() - last >= quietSeconds * 1000) {
      line(`    … ${text}`);
    }
  };
  const marks = { pass: paint('32', '✔'), fail: paint('31', '✘'), note: paint('36', '•') };
  return {
    chapter: (number, title, text) => line(`\n${paint('1', `Chapter ${number}. ${title}`)}\n${paint('2', text)}`),
    say: (text) => line(`  ${text}`),
    result: (kind, text) => line(`  ${marks[kind]} ${text}`),
    status,
    bar: (label, done, total) => {
      const filled = Math.round((barWidth * done) / Math.max(total, 1));
      status(`${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${label} ${done}/${total}`);
    },
    clear,
  };
}
