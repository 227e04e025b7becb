// Copyright 2026 the Gee authors. MIT license.

/** How the page of docs looks, by day and by night. */
export const DOCS_STYLE = `:root {
  color-scheme: light dark;
  --line: light-dark(#c9ccd1, #43474f);
  --soft: light-dark(#f3f4f6, #1d2026);
  --link: light-dark(#0550ae, #8ab4ff);
  font: 16px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #121418);
  color: light-dark(#1b1f24, #e6e8eb);
}
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template: "head head" auto "nav main" 1fr / 18rem minmax(0, 1fr); }
header { grid-area: head; padding: 1rem 2rem; border-bottom: 1px solid var(--line); }
nav { grid-area: nav; padding: 1rem 2rem; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; }
main { grid-area: main; padding: 0 2rem 4rem; border-left: 1px solid var(--line); max-width: 60rem; }
h1 { font-size: 1.6rem; margin: 0; }
h1 small { font-size: .9rem; font-weight: normal; }
h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem; }
nav h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { margin: .3rem 0; overflow-wrap: anywhere; }
nav b { font-size: .75rem; }
h3 { font-size: 1.05rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
a { color: var(--link); }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; scroll-margin-top: 1rem; }
article:target { border-color: var(--link); }
code, pre, textarea, input, select { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { background: var(--soft); padding: .75rem; border-radius: .25rem; white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; font-size: .9rem; }
caption { text-align: start; font-weight: bold; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); }
td:last-child { overflow-wrap: anywhere; }
td p { margin: .25rem 0; }
input, select, textarea { width: 100%; padding: .4rem; border: 1px solid light-dark(#767b84, #8a909a); border-radius: .25rem; background: inherit; color: inherit; }
button { padding: .4rem 1.2rem; font: inherit; }
summary { cursor: pointer; font-weight: bold; }
.get { color: light-dark(#0a5c36, #6bd89b); }
.post { color: light-dark(#0550ae, #8ab4ff); }
.put, .patch { color: light-dark(#7a4100, #f0b35e); }
.delete { color: light-dark(#a40e26, #ff9aa2); }
.old { border: 1px solid; border-radius: .25rem; padding: 0 .3rem; font-size: .75rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; max-height: none; }
  header, nav { padding: 1rem; }
  main { padding: 0 1rem 2rem; border: 0; }
  th, td { overflow-wrap: anywhere; }
}
`;
