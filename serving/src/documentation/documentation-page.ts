import type { Service } from '../service.ts';
import { errorStatuses } from './error-statuses.ts';
import { exampleRow, labelColumns } from './row-schema.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
const code = (text: string): string => `<code>${escaped(text)}</code>`;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${heads.join(', ')}"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table></div>`;

const style = `:root{color-scheme:light dark;--ink:light-dark(#1b1f24,#e6e8eb);--soft:light-dark(#57606a,#9aa4af);--line:light-dark(#d5d9de,#383e46);--paper:light-dark(#fff,#14171a);--code:light-dark(#f3f4f6,#20252b)}
*{box-sizing:border-box}body{margin:0 auto;max-width:56rem;padding:1.5rem 1rem 4rem;font:1rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2.25rem 0 .5rem}p{margin:.5rem 0}.soft{color:var(--soft)}
code,pre{font:.875em/1.5 ui-monospace,monospace;background:var(--code);border-radius:4px}code{padding:.1em .3em;overflow-wrap:anywhere}td code{white-space:nowrap}pre{padding:.75rem 1rem;overflow-x:auto;max-height:24rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.925rem}th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}
a{color:inherit}:focus-visible{outline:2px solid currentColor;outline-offset:2px}`;

function columnRows({ model: { description } }: Service): string[][] {
  const { key, eventTime, numbers, strings } = description;
  const labels = labelColumns(description);
  return [
    ...labels.map((column) => [code(column), column === eventTime ? 'ISO 8601 moment with its offset' : 'text or number', [...(key.includes(column) ? ['key, repeated in the answer'] : []), ...(column === eventTime ? ['event time'] : [])].join('; ')]),
    ...numbers.filter((column) => !labels.includes(column)).map((column) => [code(column), 'number or null', 'input']),
    ...strings.filter((column) => !labels.includes(column)).map((column) => [code(column), 'text or null', 'input']),
  ];
}

/** `GET /docs`: one page without scripts and without anything from elsewhere. */
export function documentationPage(service: Service): string {
  const { model, configuration } = service;
  const name = encodeURIComponent(model.name);
  const row = JSON.stringify(exampleRow(model.description), null, 2);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escaped(model.name)} ${escaped(model.version)}</title><style>${style}</style></head><body><main>
<h1>${escaped(model.name)}, version ${escaped(model.version)}</h1>
<p class="soft">${code(model.digest)}</p>
<p>Machines read <a href="/docs/openapi.json">/docs/openapi.json</a> (OpenAPI 3.1).</p>
<h2>Ask</h2>
<p>${code('POST /predict')} takes one row, or ${code('{ "rows": [row, …] }')} with up to ${configuration.maximumRows} rows, and answers one probability and decision per row, in their order. ${code('null')} is a missing value.</p>
<pre tabindex="0">curl -H 'content-type: application/json' --data @row.json http://localhost:${configuration.port}/predict

row.json:
${escaped(row)}</pre>
<p>${code('x-request-timeout-ms')} says how long the caller waits, ${configuration.requests.deadline} ms at the most; ${code('x-request-id')} is repeated in the answer and in the prediction log.</p>
<h2>Columns</h2>
${table(['Column', 'Value', 'What for'], columnRows(service))}
<h2>Routes</h2>
${table(['Route', 'Answer'], [
    [code('POST /predict'), 'Predictions for rows'],
    [code(`POST /v2/models/${name}/infer`), `Open Inference Protocol: tensors, as JSON or as bytes, up to ${configuration.requests.maximumBulkRows} rows`],
    [code(`GET /v2/models/${name}`), 'Its inputs and outputs'],
    [code('GET /health'), 'What answers, what it takes; <code>/health/live</code> and <code>/health/ready</code> for probes'],
    [code('GET /metrics'), 'Prometheus'],
  ])}
<h2>Refusals</h2>
<p>${code('{ "error": { "code", "message", "row"?, "column"? } }')}; under ${code('/v2')} ${code('{ "error": message }')}.</p>
${table(['Status', 'Meaning', 'Codes'], errorStatuses().map(({ status, meaning, codes }) => [String(status), escaped(meaning).replaceAll('`retry-after`', code('retry-after')), codes.map(code).join(' ')]))}
</main></body></html>
`;
}
