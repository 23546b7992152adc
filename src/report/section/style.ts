/** The style sheet of the page: one column of text, tables that scroll inside their box, light and dark. */

/** Blue, vermilion, green, purple, orange and sky of Okabe & Ito (2008), lightened in the dark scheme. */
const light = `
  --surface: #ffffff; --page: #f7f7f5; --ink: #1b1d21; --ink-soft: #5a5f68; --line: #e8e8e4; --line-strong: #c3c4bf;
  --baseline: #6e737c; --hue-0: #0072b2; --hue-1: #c44e00; --hue-2: #00815e; --hue-3: #b0578f; --hue-4: #a97100; --hue-5: #2b8fc4;
  --heat-low: #f3f4f2; --heat-high: #084a80; --heat-ink-low: #15171a; --heat-ink-mid: #15171a; --heat-ink-high: #ffffff; --link: #0b5c99;`

const dark = `
  --surface: #17191d; --page: #101114; --ink: #e9eaec; --ink-soft: #a2a7b0; --line: #2a2d33; --line-strong: #4a4e57;
  --baseline: #9ba0aa; --hue-0: #56b4e9; --hue-1: #f58b4c; --hue-2: #35c79a; --hue-3: #e29cc6; --hue-4: #e6b04a; --hue-5: #8fb0ff;
  --heat-low: #1f2228; --heat-high: #8fd0fa; --heat-ink-low: #f4f5f6; --heat-ink-mid: #05080d; --heat-ink-high: #05080d; --link: #7cc4f2;`

/** The whole style sheet; it names no external resource. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 56px 24px 72px; }
h1 { font-size: 32px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 14px; text-wrap: balance; }
h2 { font-size: 20px; line-height: 1.3; letter-spacing: -0.01em; margin: 0 0 6px; }
h3 { font-size: 14px; margin: 0; font-weight: 600; }
p { margin: 0 0 10px; max-width: 68ch; }
header p { font-size: 17px; }
.soft, figcaption, .notes { color: var(--ink-soft); }
.soft { font-size: 15px; }
section { margin-top: 52px; }
.box { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; margin-top: 18px; }
.scroll { overflow-x: auto; }
.drawing svg { display: block; width: 100%; height: auto; margin: 0 auto; }
.chart { padding: 14px 12px 6px; }
.wide { display: block; } .narrow { display: none; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
.data { width: 100%; }
.data th, .data td { padding: 8px 11px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
.data thead th { border-top: 0; color: var(--ink-soft); font-weight: 500; vertical-align: bottom; line-height: 1.3; padding-top: 12px; }
.data th:first-child { text-align: left; position: sticky; left: 0; background: var(--surface); border-radius: 10px; }
.data tbody th { font-weight: 600; }
.data .group { font-weight: 600; color: var(--ink); padding-bottom: 0; }
.data .starts { padding-left: 34px; }
.data .under-group th { padding-top: 2px; text-align: right; position: static; border-top: 0; }
.data thead th[rowspan] { vertical-align: bottom; }
.data .unit { display: block; font-size: 12px; font-weight: 400; }
.data .half { color: var(--ink-soft); font-size: 12.5px; }
.data .left { text-align: left; }
.data .clear { font-weight: 600; }
.data caption { text-align: left; font-weight: 600; padding: 12px 11px 2px; }
.data caption span { color: var(--ink-soft); font-weight: 400; }
.phase tbody + tbody th, .phase tbody + tbody tr:first-child td { border-top-color: var(--line-strong); }
.phase tbody tr:first-child > * { vertical-align: top; }
.box:has(> .slim) { max-width: 620px; }
.phase td .unit { color: var(--ink-soft); }
.phase .long { display: none; }
.phase .strip td { border-top: 0; padding-top: 0; text-align: left; white-space: normal; }
.strip div { display: flex; flex-wrap: wrap; gap: 4px 6px; font-size: 12.5px; }
.strip .lead { color: var(--ink-soft); min-width: 232px; }
.chip { min-width: 70px; padding: 0 6px; border-radius: 4px; background: var(--page); display: flex; justify-content: space-between; gap: 8px; }
.chip b { color: var(--ink-soft); font-weight: 400; }
.under { margin: 0; padding: 8px 11px 12px; border-top: 1px solid var(--line-strong); color: var(--ink-soft); font-size: 13.5px; max-width: none; }
.under-all { margin-top: 18px; }
.none { color: var(--ink-soft); }
.swatch { display: inline-block; vertical-align: -1px; width: 22px; height: 12px; margin-right: 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0 6px 8px; margin: 0; list-style: none; font-size: 13px; font-weight: 600; }
.notes { font-size: 14px; margin: 14px 0 0; padding: 0 0 0 18px; max-width: 76ch; }
.notes li { margin-bottom: 4px; }
.heats { display: grid; grid-template-columns: repeat(auto-fill, minmax(272px, 1fr)); gap: 14px; margin-top: 18px; }
.heats.many { grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); }
.heats figure { margin: 0; padding: 14px 14px 12px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto; }
.heats .top { display: flex; justify-content: space-between; align-items: baseline; gap: 10px; margin-bottom: 8px; }
.heats .top span { color: var(--ink-soft); font-size: 13px; white-space: nowrap; }
.heat { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 2px; font-size: 13px; }
.heat td {
  --mix: color-mix(in oklab, var(--heat-high) calc(var(--v) * 1%), var(--heat-low));
  text-align: center; height: 32px; padding: 0; border-radius: 3px; color: var(--heat-ink-low); background: var(--heat-low); background: var(--mix);
}
.heat td.mid { color: var(--heat-ink-mid); }
.heat td.high { color: var(--heat-ink-high); }
.heat td.own { outline: 1.5px solid var(--ink); outline-offset: -1.5px; }
.heat th { color: var(--ink-soft); font-weight: 400; font-size: 12px; padding: 0 2px; text-align: center; }
.heat th.row { text-align: right; width: 30px; padding-right: 5px; }
.heat.many { font-size: 11.5px; } .heat.many td { height: 27px; }
.quartet { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 14px; margin-top: 18px; }
.quartet .box { margin: 0; padding: 14px 12px 6px; }
.quartet .drawing { max-width: 470px; margin: 0 auto; }
.quartet h3 { padding-left: 4px; margin-bottom: 6px; }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--link); font-size: 15px; }
.terms { font-size: 14px; margin: 14px 0 0; display: grid; gap: 12px; }
.terms dt { font-weight: 600; } .terms dd { margin: 0; color: var(--ink-soft); max-width: 80ch; }
code { font: 12.5px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.sources { font-size: 15px; padding-left: 18px; } .sources li { margin-bottom: 6px; }
footer { margin-top: 56px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--ink-soft); font-size: 14px; }
@media (max-width: 640px) {
  main { padding: 32px 16px 48px; }
  h1 { font-size: 26px; } header p { font-size: 16px; }
  section { margin-top: 40px; }
  .wide { display: none; } .narrow { display: block; }
  .chart { padding: 12px 4px 4px; }
  .data th, .data td { padding: 8px 10px; }
  .phase, .phase caption, .phase tbody, .phase tr, .phase th, .phase td { display: block; }
  .phase thead { display: none; }
  .phase tbody { border-top: 1px solid var(--line-strong); padding: 6px 0; }
  .phase tbody tr:first-child { display: grid; grid-template-columns: 1fr 1fr; }
  .phase tbody th { grid-column: 1 / -1; }
  .phase tbody th, .phase tbody td { border: 0; text-align: left; padding: 4px 11px; }
  .phase td[data-head]::before { content: attr(data-head); display: block; color: var(--ink-soft); font-size: 12px; line-height: 1.35; white-space: normal; }
  .phase .long { display: inline; } .phase .long::first-letter { text-transform: uppercase; }
  .strip .lead { min-width: 100%; }
}
@media print { body { background: none; } .box, .heats figure { break-inside: avoid; } details > * { display: block; } }
`
