/** The command that runs a scenario with these numbers again, without the names of files and hosts. */
export const commandLineOf = (scenario: string, numbers: Readonly<Record<string, number>>): string =>
  [
    `npm run load -- ${scenario}`,
    ...Object.entries(numbers).map(([option, value]) => `--${option} ${value}`),
  ].join(' ')
