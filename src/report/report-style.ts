/** The report's style sheet. Text meets WCAG AA on its background in both schemes, marks 3 : 1. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #14181f; --soft: #525b69; --line: #d9dee6; --accent: #1d4ed8; --code: #eef1f5;
  --pass: #0b6b43; --pass-back: #e0f3ea; --fail: #b3261e; --fail-back: #fce8e6; --open: #855400; --open-back: #fdf1d8; --info: #41506a; --info-back: #e8ecf3;
  --series-1: #1d4ed8; --series-2: #c2410c; --series-3: #04724f; --series-4: #7c3aed; --series-5: #b3125a; --series-6: #0e7490;
  --head: #0f1b33; --head-ink: #ffffff; --head-soft: #c3cee3; --stripe: #f5c445;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f131a; --card: #181e28; --ink: #e8ecf2; --soft: #a4afbf; --line: #303947; --accent: #8ab4ff; --code: #232b38;
    --pass: #6ddba6; --pass-back: #113226; --fail: #ff9c94; --fail-back: #431a18; --open: #f3c265; --open-back: #3a2b0c; --info: #b4c1d8; --info-back: #263145;
    --series-1: #7cacff; --series-2: #ff9d66; --series-3: #4fd6a0; --series-4: #c2a5ff; --series-5: #ff8fbe; --series-6: #5cd3ea;
    --head: #0a0e15;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: break-word; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; top: 8px; padding: .5rem 1rem; background: var(--card); z-index: 1; }
.skip:focus { left: 8px; }
header { position: relative; background: var(--head); color: var(--head-ink); padding: clamp(2rem, 5vw, 4rem) max(1rem, calc((100vw - 1120px) / 2)) 1.25rem; }
.runway { position: absolute; inset: auto 0 0; height: 5px; background: repeating-linear-gradient(90deg, var(--stripe) 0 48px, transparent 48px 84px); }
.brand { margin: 0; letter-spacing: .18em; text-transform: uppercase; font-size: .8rem; font-weight: 600; color: var(--stripe); }
h1 { margin: .35rem 0 .75rem; font-size: clamp(1.8rem, 4.5vw, 3rem); line-height: 1.12; letter-spacing: -.02em; max-width: 24ch; }
.lead { margin: 0; max-width: 62ch; color: var(--head-soft); font-size: 1.08rem; }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; margin-top: 1.6rem; padding-bottom: .6rem; }
nav a { color: var(--head-ink); padding: .25rem 0; }
header :focus-visible { outline-color: var(--stripe); }
main { max-width: 1152px; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
section { scroll-margin-top: 1rem; margin-top: 3rem; }
h2 { font-size: 1.55rem; letter-spacing: -.01em; margin: 0 0 1rem; }
h3, h4 { line-height: 1.3; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
ul.figures, ol.chapters, ol.timeline, ul.legend { list-style: none; margin: 0; padding: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr)); gap: .9rem; }
.figure { padding: 1rem 1.1rem; display: flex; flex-direction: column; }
.figure .value { font-size: 1.7rem; font-weight: 700; letter-spacing: -.02em; font-variant-numeric: tabular-nums; line-height: 1.25; }
.figure .label { color: var(--ink); }
.note, .empty { color: var(--soft); font-size: .88rem; }
p.note { margin: .6rem 0 0; }
.chapters { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: .9rem; }
.chapter { padding: 1.1rem 1.2rem; border-top: 4px solid var(--mark, var(--info)); display: flex; flex-direction: column; }
.chapter h3 { margin: .1rem 0 .4rem; font-size: 1.12rem; }
.chapter h3 a { color: inherit; }
.chapter p { margin: 0 0 .8rem; }
.chapter .ordinal { margin: 0; color: var(--soft); font-size: .82rem; text-transform: uppercase; letter-spacing: .08em; }
.chapter .ending { margin: auto 0 0; }
.pass { --mark: var(--pass); } .fail { --mark: var(--fail); } .inconclusive { --mark: var(--open); } .skipped, .info { --mark: var(--info); }
.badge { display: inline-block; border-radius: 999px; padding: .08rem .65rem; font-size: .82rem; font-weight: 600; color: var(--mark); background: var(--info-back); }
.badge.pass { background: var(--pass-back); } .badge.fail { background: var(--fail-back); } .badge.inconclusive { background: var(--open-back); }
#charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: .9rem; }
#charts h2 { grid-column: 1 / -1; margin: 0; }
.chart { margin: 0; padding: 1.1rem 1.2rem; min-width: 0; }
.chart h3 { margin: 0; font-size: 1.12rem; }
.chart figcaption p { margin: .2rem 0 .8rem; color: var(--soft); }
.chart svg { display: block; width: 100%; max-width: 760px; height: auto; font: 12px system-ui, sans-serif; }
.narrow { display: none; }
@media (max-width: 600px) { .narrow { display: block; } .wide { display: none; } }
svg text { fill: var(--soft); }
.grid { stroke: var(--line); } .axis { stroke: var(--soft); }
.limit { stroke: var(--fail); stroke-dasharray: 6 4; stroke-width: 1.5; } .limit-label { fill: var(--fail); font-weight: 600; }
.event { stroke: var(--soft); stroke-dasharray: 2 3; } .event-label { fill: var(--ink); }
.series-1 { --colour: var(--series-1); } .series-2 { --colour: var(--series-2); } .series-3 { --colour: var(--series-3); }
.series-4 { --colour: var(--series-4); } .series-5 { --colour: var(--series-5); } .series-6 { --colour: var(--series-6); }
svg polyline { fill: none; stroke: var(--colour); stroke-width: 2.25; stroke-linejoin: round; }
svg .series-2 polyline { stroke-dasharray: 7 3; } svg .series-3 polyline { stroke-dasharray: 2 3; } svg .series-4 polyline { stroke-dasharray: 10 3 2 3; } svg .series-5 polyline { stroke-dasharray: 4 4; }
svg circle, svg rect { fill: var(--colour); }
svg .band { fill: var(--colour); opacity: .16; }
.whisker { stroke: var(--ink); fill: none; stroke-width: 1.3; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin-bottom: .5rem; font-size: .9rem; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 3px; background: var(--colour); }
details { margin-top: .7rem; }
summary { cursor: pointer; color: var(--accent); font-weight: 500; padding: .2rem 0; width: fit-content; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin-top: .4rem; }
#git table { margin: 0; }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { min-width: 11rem; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.checks .number:nth-of-type(3) { white-space: normal; }
td small, th small { display: block; color: var(--soft); font-size: .84em; font-weight: 400; }
thead small { display: inline; }
.nowrap { white-space: nowrap; }
code { background: var(--code); border-radius: 4px; padding: .05em .35em; font: .88em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.divider { margin: 2.2rem 0 .8rem; font-size: 1.2rem; scroll-margin-top: 1rem; }
.divider span { display: block; color: var(--soft); font-size: .82rem; text-transform: uppercase; letter-spacing: .08em; font-weight: 500; }
.entry { position: relative; display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 0 2.4rem; padding-bottom: 1.3rem; }
.entry::before { content: ""; position: absolute; left: 9.62rem; top: .5rem; width: .8rem; height: .8rem; border-radius: 50%; background: var(--mark); box-shadow: 0 0 0 4px var(--page); z-index: 1; }
.entry::after { content: ""; position: absolute; left: calc(10.02rem - 1px); top: .9rem; bottom: -.5rem; width: 2px; background: var(--line); }
.entry:last-child::after { display: none; }
.when { text-align: right; display: flex; flex-direction: column; align-items: flex-end; gap: .3rem; }
.when time { font-variant-numeric: tabular-nums; color: var(--soft); }
.what h4 { margin: 0; font-size: 1.03rem; }
.what p { margin: .2rem 0 0; max-width: 75ch; }
.what details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .35rem .9rem .5rem; }
.what details.inner { border: 0; padding: 0; margin-top: .4rem; background: none; }
.subjects { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: .5rem 0; font-size: .88rem; }
.subjects dd { margin: 0; }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; padding: 1.5rem max(1rem, calc((100vw - 1120px) / 2)) 3rem; }
@media (max-width: 680px) {
  .entry { grid-template-columns: minmax(0, 1fr); padding-left: 1.6rem; }
  .entry::before { left: 0; top: .45rem; } .entry::after { left: calc(.4rem - 1px); }
  .when { flex-direction: row; align-items: center; gap: .7rem; }
  th, td { padding: .45rem .5rem; }
}
@media print { header { background: none; color: inherit; } .lead, nav a { color: inherit; } .card, .entry { break-inside: avoid; } }
`;
