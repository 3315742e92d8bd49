import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Scrape } from './metric-text.ts'

/** A metric as docs/metrics.md has it, or as it is served. */
type Described = { type: string; labels: string[]; of: string; help: string }

/** An alert of docs/metrics.md. */
type Alert = { alert: string; expr: string; annotations: { summary: string } }

const document = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')

/** The rows of the table. */
export const documented = (): Record<string, Described> =>
  Object.fromEntries(
    [...document.matchAll(/^\| `(\w+)` \| (\w+) \| (.+?) \| (\w+) \| (.+) \|$/gm)].map(
      ([, name, type = '', labels = '', of = '', help = '']) => [
        name,
        { type, labels: labels === '-' ? [] : labels.split(', '), of, help },
      ],
    ),
  )

/** The same of what API and worker serve, but for what prom-client measures. */
export const served = (ofApi: Scrape, ofWorker: Scrape): Record<string, Described> => {
  const names = [...ofApi.families.keys(), ...ofWorker.families.keys()]
  const described = names.flatMap((name): [string, Described][] => {
    const families = [ofApi, ofWorker].flatMap((seen) => seen.families.get(name) ?? [])
    const [family] = families
    if (family === undefined || !name.startsWith('firstcome_')) return []
    const labels = new Set(
      families.flatMap(({ samples }) => samples.flatMap((one) => Object.keys(one.labels))),
    )
    labels.delete('le')
    const of = families.length === 2 ? 'both' : ofApi.families.has(name) ? 'API' : 'worker'
    return [[name, { type: family.type, labels: [...labels], of, help: family.help }]]
  })
  return Object.fromEntries(described)
}

export const alerts = (): Alert[] => {
  const rules = parse(/```yaml\n([^]*?)```/.exec(document)?.[1] ?? '') as { groups: { rules: Alert[] }[] }
  return rules.groups.flatMap((group) => group.rules)
}
