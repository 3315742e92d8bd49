import { createHash } from 'node:crypto'

/** The style of the reference page. */
export const referenceStyle = `
:root { color-scheme: light dark; --text: #1c2126; --soft: #59636e; --line: #dfe3e8; --back: #fff; --panel: #f5f7f9; --link: #0a58c2;
  --get: #0a6640; --post: #0a58c2; --change: #8a4b00; --delete: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e3e7eb; --soft: #9aa5b1; --line: #30373f; --back: #14181c; --panel: #1d2329; --link: #7ab2ff;
    --get: #5fcf9a; --post: #7ab2ff; --change: #f0b05f; --delete: #ff8f86 }
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
body { margin: 0; font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; color: var(--text); background: var(--back) }
a { color: var(--link) } h3 a, .side a, .top a { text-decoration: none } a:hover, a:focus { text-decoration: underline }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .875em }
code { overflow-wrap: anywhere }
p { margin: .35rem 0 }
main { max-width: 52rem; padding: 1.5rem 1.25rem 4rem; margin: 0 auto; min-width: 0 }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 1rem } h2 { font-size: 1.4rem; margin: 3rem 0 .25rem }
h3 { font-size: 1.15rem; margin: 0; line-height: 1.35 } h4 { font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin: 1.25rem 0 .25rem }
h3 a { color: inherit }
article { border-top: 1px solid var(--line); padding: 1.5rem 0 .5rem; margin-top: 1.25rem }
.address { display: flex; gap: .6rem; align-items: baseline; background: var(--panel); border-radius: .5rem; padding: .5rem .75rem; margin: .6rem 0 }
.method { font: 700 .75rem/1.6 ui-monospace, Menlo, Consolas, monospace; flex: none }
.get { color: var(--get) } .post { color: var(--post) } .put, .patch { color: var(--change) } .delete { color: var(--delete) }
.soft, .kind, .or { color: var(--soft) } .kind { font-size: .9rem }
.field { padding: .5rem 0; border-bottom: 1px solid var(--line) } .field:last-child { border-bottom: 0 }
.field .fields, .choice { border-left: 2px solid var(--line); padding-left: .9rem; margin: .4rem 0 }
.name { font-weight: 700 } .field b { font-size: .75rem; font-weight: 600; color: var(--change) } .field span + span { font-size: .9rem; color: var(--soft) }
.or { margin: .25rem 0; font-size: .9rem }
.answer { display: grid; grid-template-columns: 3.25rem 1fr; gap: .25rem; padding: .45rem 0; border-bottom: 1px solid var(--line) }
.answer:last-child { border-bottom: 0 } .answer p { margin: 0 } .answer p + p { margin-top: .25rem } .answer > div { min-width: 0 }
.status { font-weight: 700 } .good { color: var(--get) } .bad { color: var(--delete) }
pre { background: var(--panel); border-radius: .5rem; padding: .75rem; margin: .5rem 0; overflow-x: auto; line-height: 1.45 }
details { margin: .75rem 0 } summary { cursor: pointer; color: var(--soft) }
.side { display: none }
.top ul, .side ul { list-style: none; margin: .25rem 0 .75rem; padding: 0 } .top li a { display: block; padding: .3rem 0 }
.top { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem; margin: 1rem 0 }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 17rem 1fr }
  .side { display: block; position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem 3rem 1.25rem; border-right: 1px solid var(--line); background: var(--panel); font-size: .9rem }
  .side a { color: var(--text); display: block; padding: .12rem 0 } .side h4 { margin: 1.1rem 0 .2rem } .side h4 a { color: var(--soft) }
  .top { display: none } main { margin: 0; padding: 2rem 3rem 6rem }
}
@media print { .side, .top { display: none } body { display: block } }
`

/** The only source that the page may load: its own style. */
export const referencePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(referenceStyle).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
