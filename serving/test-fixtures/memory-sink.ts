import type { LogSink } from '../src/prediction-log/log-sink.ts';

/** Files of the prediction log in memory; `failing` makes every write fail. */
export function memorySink(): LogSink & { readonly files: Map<string, string>; failing: boolean } {
  const files = new Map<string, string>();
  const sink = {
    files,
    failing: false,
    write: async (day: string, name: string, chunks: AsyncIterable<string>): Promise<void> => {
      let content = '';
      for await (const chunk of chunks) content += chunk;
      if (sink.failing) throw new Error('disk full');
      if (files.has(`${day}/${name}`)) throw new Error(`${name} is written twice`);
      files.set(`${day}/${name}`, content);
    },
  };
  return sink;
}

export const linesOf = (files: ReadonlyMap<string, string>): Record<string, unknown>[] =>
  [...files.values()].flatMap((content) => content.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>));
