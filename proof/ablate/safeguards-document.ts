import type { NeedlessRule, Safeguard } from './safeguard.ts'
import { titleOf } from './test-titles.ts'

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ')

const row = ({ name, protectsFrom, caughtBy }: Safeguard): string =>
  `| **${cell(name)}** | ${cell(protectsFrom)} | [${caughtBy.file}](../${caughtBy.file}): ${cell(titleOf(caughtBy))} |`

const sectionLines = (title: string, safeguards: readonly Safeguard[]): string[] => [
  `## ${title}`,
  '',
  '| safeguard | what would happen without it | the test that fails then |',
  '| --- | --- | --- |',
  ...safeguards.map(row),
  '',
]

const needlessLines = (rules: readonly NeedlessRule[]): string[] =>
  rules.length === 0
    ? []
    : [
        '## Rules that no test can miss',
        '',
        'Without one of these, nothing changes that a test could see, for the reason given.',
        '',
        '| rule | why no test can miss it |',
        '| --- | --- |',
        ...rules.map(({ name, reason }) => `| **${cell(name)}** | ${cell(reason)} |`),
        '',
      ]

/** The text of docs/safeguards.md: the safeguards by the section of the protocol that states them. */
export const safeguardsDocument = (
  safeguards: readonly Safeguard[],
  rules: readonly NeedlessRule[],
): string => {
  const sections = Map.groupBy(safeguards, ({ section }) => section)
  const titles = [...sections.keys()].sort((left, right) =>
    left.localeCompare(right, 'en', { numeric: true }),
  )
  return [
    '# Safeguards',
    '',
    `Each of these ${safeguards.length} rules of [the protocol](protocol.md) prevents a failure that would break a promise.`,
    '`npm run ablate` takes them out of a copy, one at a time, and runs the test named beside each: the test has to',
    'fail. The command fails when a test still passes.',
    '',
    'In the sources, `// safeguard: <name>` (in Lua `-- safeguard: <name>`) stands directly above each of them. This page',
    'is written by `npm run ablate -- --write` from the list in [proof/ablate/safeguards](../proof/ablate/safeguards).',
    '',
    ...titles.flatMap((title) => sectionLines(title, sections.get(title) ?? [])),
    ...needlessLines(rules),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
