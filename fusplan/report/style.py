"""The look of the report: a light page with dark pictures, system fonts, and a print form for A4."""

from __future__ import annotations

_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'

_PAGE = f"""
:root {{ --ink:#1b2530; --soft:#566472; --line:#dfe4e9; --rule:#b9c2cb; --wash:#f5f7f9; --accent:#0d6b78;
  --ok:#1c7a4d; --warn:#9a6200; --bad:#b3261e; }}
* {{ box-sizing:border-box; }}
html {{ -webkit-text-size-adjust:100%; }}
body {{ margin:0; background:#fff; color:var(--ink); font:15px/1.5 {_FONTS}; font-variant-numeric:tabular-nums;
  -webkit-print-color-adjust:exact; print-color-adjust:exact; }}
svg text {{ font-family:{_FONTS}; }}
main {{ max-width:1080px; margin:0 auto; padding:0 32px 40px; }}
.notice {{ background:#fff7e6; border-bottom:1px solid #f0d9a8; color:#6d4700; text-align:center; font-weight:600;
  font-size:13.5px; padding:8px 16px; }}
.legend + table {{ margin-top:20px; }}
footer.notice {{ border-top:1px solid #f0d9a8; border-bottom:0; margin-top:24px; }}
header.page {{ padding:34px 0 18px; border-bottom:1px solid var(--line); margin-bottom:26px; }}
.eyebrow {{ font-size:12px; letter-spacing:.09em; text-transform:uppercase; color:var(--accent); font-weight:650; }}
h1 {{ font-size:31px; line-height:1.15; letter-spacing:-.015em; margin:4px 0 8px; font-weight:680; }}
h2 {{ font-size:21px; line-height:1.25; letter-spacing:-.01em; margin:48px 0 14px; padding-top:14px;
  border-top:2px solid var(--ink); font-weight:660; }}
h3 {{ font-size:14.5px; margin:28px 0 8px; font-weight:660; }}
p {{ margin:0 0 10px; max-width:76ch; }}
.lead {{ color:var(--soft); font-size:15.5px; }}
.facts {{ display:flex; flex-wrap:wrap; gap:4px 26px; color:var(--soft); font-size:13.5px; }}
.facts b {{ color:var(--ink); font-weight:600; overflow-wrap:anywhere; }}
small, .small {{ font-size:12.5px; color:var(--soft); line-height:1.45; font-weight:400; }}
.columns {{ display:grid; grid-template-columns:1fr 1fr; gap:0 40px; }}
.columns.wide-left {{ grid-template-columns:1.6fr 1fr; }}
.columns > div {{ min-width:0; }}
.panel {{ background:var(--wash); border-radius:8px; padding:16px 20px; }}
.panel p {{ max-width:none; }}
.panel p:last-child {{ margin-bottom:0; }}
.hash {{ font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace; font-size:11.5px; overflow-wrap:anywhere; }}
ul.plain {{ padding-left:18px; margin:0 0 10px; max-width:80ch; }}
ul.plain li {{ margin-bottom:4px; }}
"""

_VERDICTS = """
.cards { display:grid; grid-template-columns:1fr 1fr; gap:20px; }
.card { border:1px solid var(--line); border-radius:10px; padding:18px 20px 16px; break-inside:avoid; }
.card .side { display:flex; justify-content:space-between; align-items:baseline; gap:12px; }
.card .side h3 { margin:0; font-size:19px; letter-spacing:-.01em; }
.card .side a { font-size:12.5px; color:var(--accent); text-decoration:none; }
.card .where { margin:4px 0 14px; color:var(--soft); font-size:14px; }
.card .leads { margin:0 0 14px; font-size:17px; font-weight:600; line-height:1.35; }
.figures { display:grid; grid-template-columns:repeat(4,auto); gap:10px 18px; margin:0 0 14px;
  justify-content:space-between; align-items:end; }
.figures dt { font-size:11.5px; color:var(--soft); line-height:1.3; }
.figures dd { margin:1px 0 0; font-size:21px; font-weight:640; letter-spacing:-.01em; line-height:1.25;
  white-space:nowrap; }
.figures dd small { font-size:12.5px; font-weight:500; letter-spacing:0; }
.verdict-line { font-size:13.5px; line-height:1.5; padding-top:12px; border-top:1px solid var(--line); }
.verdict-line .badge { margin-bottom:4px; }
.verdict-line > span:last-child { display:block; color:var(--soft); }
.verdict-list { list-style:none; margin:20px 0 0; padding:0; display:grid; gap:9px; }
.verdict-list li { display:grid; grid-template-columns:112px 1fr; gap:14px; align-items:baseline; }
.badge { display:inline-flex; align-items:center; gap:6px; border-radius:99px; padding:1px 11px 1px 3px;
  font-size:12.5px; font-weight:620; white-space:nowrap; line-height:20px; justify-self:start; }
.badge .sign { display:inline-flex; width:17px; height:17px; border-radius:50%; align-items:center;
  justify-content:center; color:#fff; font-size:11px; font-weight:800; line-height:1; }
.badge.ok { background:#e7f4ed; color:var(--ok); } .badge.ok .sign { background:var(--ok); }
.badge.warning { background:#fdf1da; color:#7a4e00; } .badge.warning .sign { background:var(--warn); }
.badge.neutral { background:var(--wash); color:var(--soft); padding:1px 11px; }
.badge.error { background:#fbe9e7; color:var(--bad); } .badge.error .sign { background:var(--bad); }
.mark { display:inline-block; font-size:10.5px; font-weight:700; border:1px solid var(--rule); border-radius:4px;
  padding:0 5px; line-height:15px; color:#455362; vertical-align:1px; }
.mark-m, .mark-derived { border-style:dashed; }
"""

_PICTURES = """
.triple { display:grid; grid-template-columns:repeat(3,1fr); gap:12px; margin:0 0 8px; }
.maps { display:grid; grid-template-columns:1fr 1fr; gap:12px; }
figure { margin:0; break-inside:avoid; }
figure svg { display:block; width:100%; height:auto; border-radius:6px; }
figure .over { font-weight:640; font-size:13.5px; margin-bottom:4px; display:flex; justify-content:space-between;
  gap:8px; align-items:baseline; }
figure .over span { font-weight:400; color:var(--soft); font-size:12.5px; text-align:right; }
.legend { display:flex; flex-wrap:wrap; gap:3px 20px; font-size:12.5px; color:var(--soft); margin:8px 0 6px;
  max-width:none; }
.legend i { display:inline-block; width:16px; height:11px; border-radius:3px; margin-right:6px; vertical-align:-1px; }
.legend + .small { max-width:none; }
"""

_TABLES = """
figure + table, .columns + table { margin-top:16px; }
table { border-collapse:collapse; width:100%; font-size:13.5px; margin:0 0 8px; }
th, td { text-align:left; padding:5px 14px 5px 0; border-bottom:1px solid var(--line); vertical-align:top;
  font-weight:400; }
thead th { font-size:11.5px; color:var(--soft); font-weight:600; border-bottom:1px solid var(--rule);
  vertical-align:bottom; line-height:1.3; }
tbody th { font-weight:560; }
td.number, th.number { text-align:right; white-space:nowrap; }
tr > *:last-child { padding-right:0; }
tr { break-inside:avoid; }
table.proposals th:first-child { white-space:nowrap; }
table.provenance th { white-space:nowrap; padding-right:26px; }
table.quality td:last-child { width:36%; }
.chip { display:inline-flex; width:18px; height:18px; border-radius:50%; background:var(--ink); color:#fff;
  font-size:11px; font-weight:700; align-items:center; justify-content:center; margin-right:7px; }
.matrix { width:auto; margin-top:14px; }
.matrix td, .matrix th { padding:4px 8px; text-align:center; border:0; }
.matrix .chip { margin:0; }
.matrix td small { font-size:10.5px; color:var(--soft); white-space:nowrap; }
.matrix td { background:var(--wash); border:2px solid #fff; min-width:48px; }
.matrix td.none { background:none; }
.matrix td.far { background:#fdebc8; }
.matrix td.furthest { background:#f7cf86; font-weight:650; }
.bars { display:grid; grid-template-columns:minmax(9em,auto) 1fr auto auto; gap:6px 12px; align-items:center;
  font-size:13.5px; margin-bottom:8px; }
.bars.budget { grid-template-columns:minmax(0,1fr) 90px auto; }
.bars.plain { grid-template-columns:minmax(6em,auto) 1fr auto; }
.bars .value { text-align:right; white-space:nowrap; }
.bars .extra { text-align:right; color:var(--soft); font-size:12.5px; white-space:nowrap; }
.bars .group { grid-column:1/-1; font-size:11.5px; color:var(--soft); font-weight:600; margin-top:6px;
  border-bottom:1px solid var(--line); padding-bottom:3px; }
.bar { display:inline-block; width:100%; min-width:70px; height:9px; border-radius:5px; background:#e8ecf0;
  overflow:hidden; vertical-align:middle; }
.bar span { display:block; height:100%; background:#8796a6; border-radius:5px; }
.bar.spill span { background:#8fa0b3; } .bar.chance span { background:var(--accent); }
"""

_TREATMENT = """
.treated { margin:14px 0 14px; display:grid; grid-template-columns:1fr; gap:0; }
.treated > div { display:flex; justify-content:space-between; gap:16px; padding:4px 0; border-bottom:1px solid
  var(--line); align-items:baseline; }
.treated > div:last-child { border-bottom:0; }
.treated dt { font-size:12.5px; color:var(--soft); line-height:1.35; flex:1 1 8em; }
.treated dd { margin:0; font-weight:600; font-size:14px; text-align:right; line-height:1.35; flex:0 1 auto;
  max-width:64%; }
.treated ~ .verdict-line { padding-bottom:8px; }
.legend.lines svg { border-radius:3px; margin-right:6px; vertical-align:-1px; }
h3.treated-target { font-size:18px; margin-top:40px; padding-top:12px; border-top:1px solid var(--rule); }
.treated-pictures { display:grid; grid-template-columns:minmax(0,60fr) minmax(0,150fr); gap:12px; margin-bottom:4px; }
"""

_SMALL_SCREENS = """
@media screen and (max-width:760px) {
  main { padding:0 16px 32px; }
  .cards, .columns, .columns.wide-left, .triple { grid-template-columns:1fr; }
  .figures { grid-template-columns:repeat(2,auto); }
  .treated-pictures { grid-template-columns:minmax(0,1fr); }
  figure.wide .drawn { overflow-x:auto; } figure.wide svg { min-width:620px; }
  table { display:block; overflow-x:auto; }
}
"""

_PRINT = """
@page { size:A4; margin:12mm 13mm 13mm; }
@media print {
  body { font-size:8.6pt; line-height:1.4; }
  main { max-width:none; padding:0; }
  .notice { padding:3px; font-size:8.6pt; }
  header.page { padding:10px 0 8px; margin-bottom:12px; }
  h1 { font-size:18pt; }
  h2 { font-size:13pt; margin:18px 0 8px; padding-top:8px; break-after:avoid; }
  h3 { font-size:9.2pt; margin:12px 0 5px; break-after:avoid; }
  .side-section ~ .side-section { break-before:page; }
  .side-section ~ .side-section h2 { margin-top:0; }
  .cards { gap:12px; } .card { padding:10px 13px; } .columns { gap:0 22px; }
  table, .bars { font-size:7.9pt; } small, .small, .legend, .bars .extra { font-size:7.3pt; }
  th, td { padding:2.5px 10px 2.5px 0; } .bars { gap:2px 9px; } .bars.budget { grid-template-columns:1fr 74px auto; }
  .figures { gap:6px 10px; } .figures dd { font-size:12.5pt; } .figures dd small { font-size:8pt; }
  .figures dt, thead th, .bars .group { font-size:7pt; } .badge { font-size:7.6pt; line-height:15px; }
  .badge .sign { width:13px; height:13px; font-size:8px; } .verdict-list { gap:4px; margin-top:12px; }
  .mark { font-size:6.6pt; line-height:11px; } .chip { width:14px; height:14px; font-size:8px; margin-right:5px; }
  .matrix td, .matrix th { padding:2px 6px; } .matrix td { min-width:36px; }
  .lead { font-size:9.2pt; } .facts, .card .where, .verdict-line { font-size:8pt; }
  figure .over { font-size:8pt; } figure .over span { font-size:7pt; }
  .card .side a { display:none; } .card .side h3 { font-size:11.5pt; }
  #treatment { break-before:page; } .treated dt, .treated dd { font-size:7.9pt; } .treated > div { padding:1.5px 0; }
  h3.treated-target { font-size:11pt; margin-top:14px; padding-top:6px; }
  .columns > div, .bars, .panel, .legend, table.proposals, table.quality { break-inside:avoid; }
}
"""

STYLE = _PAGE + _VERDICTS + _PICTURES + _TABLES + _TREATMENT + _SMALL_SCREENS + _PRINT
