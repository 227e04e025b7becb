// Copyright 2026 the Gee authors. MIT license.

/** How the debug page looks, by day and by night. */
export const DEBUG_STYLE = `
:root {
  color-scheme: light dark;
  --line: light-dark(#c9ccd1, #43474f);
  --soft: light-dark(#f3f4f6, #1d2026);
  font: 16px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #121418);
  color: light-dark(#1b1f24, #e6e8eb);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
a { color: light-dark(#0550ae, #8ab4ff); }
.wide { overflow-x: auto; margin: 1.5rem 0; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; font-weight: bold; font-size: 1.2rem; }
th, td { text-align: end; padding: .3rem .6rem; border-top: 1px solid var(--line); }
th:first-child { text-align: start; }
tbody th { font-weight: normal; overflow-wrap: anywhere; }
thead th { white-space: nowrap; }
tbody th, code, pre, textarea, input { font-family: ui-monospace, monospace; font-size: .875rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: .5rem 1rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
label { display: block; margin: .5rem 0; }
input, textarea { display: block; width: 100%; padding: .4rem; border: 1px solid light-dark(#767b84, #8a909a); border-radius: .25rem; background: inherit; color: inherit; }
pre { background: var(--soft); padding: .75rem; border-radius: .25rem; max-height: 20rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
button { padding: .3rem 1rem; font: inherit; }
`;
