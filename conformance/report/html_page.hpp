// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_REPORT_HTML_PAGE_HPP
#define SNAPPROTO_CONFORMANCE_REPORT_HTML_PAGE_HPP

// Style and script of the HTML report, which must not load anything.

#include <string_view>

namespace snapproto::conformance {

inline constexpr std::string_view html_style = R"css(
:root { color-scheme: light dark; --bg: #fbfbfa; --card: #ffffff; --ink: #1d2126; --soft: #68717b;
  --line: #d8dce0; --pass: #19783a; --fail: #c02525; --warn: #945d00; --skip: #5b6570;
  --bytes: #0b5394; }
@media (prefers-color-scheme: dark) { :root { --bg: #14171a; --card: #1c2024; --ink: #e4e7ea;
  --soft: #99a3ad; --line: #363d44; --pass: #56c97c; --fail: #ff7a73; --warn: #e6aa45;
  --skip: #99a3ad; --bytes: #83bdf5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; } h1 small { color: var(--soft); font-weight: normal; }
code, pre, .id, .chart text { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
.claim { font-size: 1.1rem; font-weight: 600; padding: .7rem 1rem; background: var(--card);
  border: 1px solid var(--line); border-left: 6px solid currentColor; border-radius: 6px; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .warn { color: var(--warn); }
.skip { color: var(--skip); } .zero, .facts { color: var(--soft); }
.sums { border-collapse: collapse; margin: 1rem 0; }
.sums th, .sums td { padding: .3rem 1rem; border-bottom: 1px solid var(--line); text-align: right; }
.sums th:first-child { text-align: left; }
.filter { position: sticky; top: 0; background: var(--bg); padding: .6rem 0; display: flex;
  flex-wrap: wrap; gap: .4rem 1rem; align-items: center; z-index: 1; }
.filter input[type=search] { flex: 1 1 16rem; padding: .35rem .6rem; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.shown { color: var(--soft); }
.case { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
    margin: .4rem 0; }
.case > summary { padding: .45rem .8rem; cursor: pointer; }
.body { padding: 0 1rem 1rem; border-top: 1px solid var(--line); }
.badge { display: inline-block; min-width: 3.2em; text-align: center; font-weight: 700;
  border: 1px solid currentColor; border-radius: 4px; font-size: .8rem; }
.level { color: var(--soft); font-size: .8rem; }
blockquote { margin: .8rem 0; padding: .2rem .9rem; border-left: 3px solid var(--line); }
.clause { white-space: pre-line; color: var(--soft); margin: .3rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { overflow-x: auto; background: var(--bg); padding: .7rem; border-radius: 6px;
    font-size: 12.5px; }
.scroll { overflow-x: auto; }
.chart { max-width: none; display: block; }
.chart text { font-size: 12px; fill: var(--ink); }
    .chart .name { text-anchor: middle; font-weight: 600; }
.chart .when { text-anchor: end; fill: var(--soft); font-size: 11px; }
.chart .gap { fill: var(--soft); font-size: 11px; }
.chart .bytes { fill: var(--bytes); } .chart .bad { fill: var(--fail); }
.chart .lane { fill: var(--bg); stroke: var(--soft); } .chart .dot { fill: var(--soft); }
.chart .life { stroke: var(--line); stroke-width: 2; }
.chart .arrow { stroke: var(--ink); stroke-width: 1.4; } .chart .soft { stroke-dasharray: 5 3; }
.chart .head { fill: var(--ink); } .chart .pause { stroke: var(--soft); stroke-dasharray: 2 5; }
@media print { .filter { display: none; } }
)css";

inline constexpr std::string_view html_script = R"js(
(function () {
  var form = document.querySelector('.filter');
  var words = form.querySelector('input[type=search]');
  var boxes = Array.from(form.querySelectorAll('input[type=checkbox]'));
  var cases = Array.from(document.querySelectorAll('.case'));
  function apply() {
    var wanted = boxes.filter(function (b) { return b.checked; })
        .map(function (b) { return b.value; });
    var text = words.value.toLowerCase();
    var shown = 0;
    cases.forEach(function (c) {
      var own = c.querySelector('summary').textContent +
          ' ' + c.querySelector('blockquote').textContent;
      var fits = wanted.indexOf(c.dataset.status) >= 0 && own.toLowerCase().indexOf(text) >= 0;
      c.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    form.querySelector('.shown').textContent = shown + ' of ' + cases.length;
  }
  form.addEventListener('input', apply);
  if (location.hash.length > 1) {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) { target.open = true; }
  }
  apply();
}());
)js";

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_REPORT_HTML_PAGE_HPP
