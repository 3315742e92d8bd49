import type { NeedlessRule, Safeguard } from './safeguard.ts'
import { titleOf } from './titles.ts'

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ')

const row = ({ name, protectsFrom, caughtBy }: Safeguard): string =>
  `| **${cell(name)}** | ${cell(protectsFrom)} | [${caughtBy.file}](../${caughtBy.file}): ${cell(titleOf(caughtBy))} |`

const section = (title: string, safeguards: readonly Safeguard[]): string[] => [
  `## ${title}`,
  '',
  '| safeguard | what would happen without it | the test that fails then |',
  '| --- | --- | --- |',
  ...safeguards.map(row),
  '',
]

const needless = (rules: readonly NeedlessRule[]): string[] =>
  rules.length === 0
    ? []
    : [
        '## What no test can notice',
        '',
        'Taken out, these change nothing that anybody could see, for the reason given.',
        '',
        '| rule | why nothing notices |',
        '| --- | --- |',
        ...rules.map(({ name, reason }) => `| **${cell(name)}** | ${cell(reason)} |`),
        '',
      ]

/** docs/safeguards.md: every safeguard by the section of the protocol that states it, in the order of the list. */
export const documentOf = (safeguards: readonly Safeguard[], rules: readonly NeedlessRule[]): string => {
  const sections = Map.groupBy(safeguards, (safeguard) => safeguard.section)
  const titles = [...sections.keys()].sort((left, right) =>
    left.localeCompare(right, 'en', { numeric: true }),
  )
  return [
    '# Safeguards',
    '',
    `Each of these ${safeguards.length} rules of [the protocol](protocol.md) was put there for a failure that would break a promise. \`npm run ablate\``,
    'takes them out of a copy, one at a time, and runs the test named beside each: the test has to fail. A safeguard whose loss goes',
    'unnoticed fails the command. This page is written by `npm run ablate -- --write`; the list is in [proof/ablate/safeguards](../proof/ablate/safeguards).',
    '',
    ...titles.flatMap((title) => section(title, sections.get(title) ?? [])),
    ...needless(rules),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
