import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installPackages, isDebian } from '../../servers/install/debian-packages.ts'
import { runProgram } from '../../servers/processes/run-program.ts'

/** Its checks and its phases differ from one version to the next. */
const version = '4.32.5'
const installWithinMs = 300_000

type InstallOptions = { folder: string; environment: NodeJS.ProcessEnv }

/**
 * Installs Schemathesis from PyPI into a virtual environment of its own, once. Returns its program. On
 * Debian as root Python's `venv` is installed where it is missing.
 */
export const installSchemathesis = async ({ folder, environment }: InstallOptions): Promise<string> => {
  const home = join(folder, `schemathesis-${version}`)
  const program = join(home, 'bin', 'schemathesis')
  // Written last: an installation that was interrupted is done again.
  const done = join(home, 'installed')
  if (existsSync(done)) return program
  const run = (command: string, ...words: string[]): Promise<void> =>
    runProgram({
      ...{ command, arguments: words, environment },
      logFile: join(folder, 'schemathesis-install.log'),
      timeoutMs: installWithinMs,
    })
  const create = (): Promise<void> => run('python3', '-m', 'venv', '--clear', home)
  try {
    await create()
  } catch (cause) {
    if (!isDebian() || process.getuid?.() !== 0) throw cause
    await installPackages([['python3-venv']], { logFolder: folder })
    await create()
  }
  await run(join(home, 'bin', 'pip'), 'install', '--quiet', `schemathesis==${version}`)
  await writeFile(done, '')
  return program
}

export type FuzzTarget = { url: string; shopperToken: string; operatorToken: string }

/**
 * Schemathesis expects that what fits the schema is accepted. Rules that a schema cannot say are 412 and 422,
 * and a missing If-Match is 428.
 */
const configuration = ({ shopperToken, operatorToken }: FuzzTarget): string => `
[auth.openapi.shopper]
bearer = ${JSON.stringify(shopperToken)}
[auth.openapi.operator]
bearer = ${JSON.stringify(operatorToken)}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429"]
[checks.missing_required_header]
expected-statuses = ["401", "403", "404", "415", "422", "428", "429"]
`

export type SchemathesisRun = {
  program: string
  folder: string
  environment: NodeJS.ProcessEnv
  target: FuzzTarget
  openApi: unknown
  seconds: number
  seed: number | undefined
  signal: AbortSignal
}

/** Runs all phases of Schemathesis for that long, its report to standard error. True when it is clean. */
export const runSchemathesis = async (options: SchemathesisRun): Promise<boolean> => {
  const { program, folder, environment, target, openApi, seconds, seed, signal } = options
  await Promise.all([
    writeFile(join(folder, 'openapi.json'), JSON.stringify(openApi)),
    writeFile(join(folder, 'schemathesis.toml'), configuration(target)),
  ])
  const words = [
    ...['run', 'openapi.json', '--url', target.url, '--max-time', String(seconds)],
    // One request at a time: an audit refuses another beside it, which would count as a server error.
    ...['--workers', '1', '--continue-on-failure', '--request-timeout', '30', '--no-color'],
    // The tokens are those of a system that is thrown away.
    ...['--output-sanitize', 'false'],
    // Two campaigns are prepared, and what it looks up for itself is mostly unknown: that is no finding.
    ...['--warnings', 'off'],
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ]
  const child = spawn(program, words, {
    ...{ cwd: folder, env: environment, signal },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.pipe(process.stderr, { end: false })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0
}
