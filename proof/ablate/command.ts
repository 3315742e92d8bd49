import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCommand } from '../../platform/command.ts'
import { Failure } from '../../platform/failure.ts'
import { flag, optional } from '../../platform/option.ts'
import { createProgressDisplay, type ProgressDisplay } from '../../platform/progress-display.ts'
import { connectRedis } from '../../platform/redis.ts'
import { findFreeServerPorts, startServers } from '../../servers/start-servers.ts'
import { createCheckoutCopy } from './checkout-copy.ts'
import {
  ablationDocument,
  formatAblation,
  formatSafeguard,
  formatSummary,
  safeguardDocument,
} from './format.ts'
import { createLuaCheck } from './lua-check.ts'
import { needlessRules } from './needless-rules.ts'
import { type Ablation, runAblations } from './run-ablations.ts'
import type { Safeguard } from './safeguard.ts'
import { allSafeguards } from './safeguards/all-safeguards.ts'
import { safeguardsDocument } from './safeguards-document.ts'
import { filesOfEdits, readMarkedSources } from './take-out.ts'
import { createTestRunner } from './test-runner.ts'

const root = join(import.meta.dirname, '..', '..')

const select = (only: string | undefined): { safeguard: Safeguard; files: readonly string[] }[] => {
  const sources = readMarkedSources(root)
  const all = allSafeguards.map((safeguard) => ({ safeguard, files: filesOfEdits(sources, safeguard) }))
  if (only === undefined) return all
  const words = only.toLowerCase()
  const selected = all.filter(({ safeguard: { name, section, caughtBy }, files }) =>
    [name, section, caughtBy.file, ...files].some((text) => text.toLowerCase().includes(words)),
  )
  if (selected.length > 0) return selected
  throw new Failure('refused', `no safeguard has these words: ${only}`)
}

const writeDocument = (): Promise<void> =>
  writeFile(join(root, 'docs', 'safeguards.md'), safeguardsDocument(allSafeguards, needlessRules))

/** Makes the copy, starts one set of servers for all test runs, and removes both at the end. */
const ablate = async (
  selected: readonly Safeguard[],
  environment: NodeJS.ProcessEnv,
  progress: ProgressDisplay,
  onAblation: (ablation: Ablation) => Promise<void>,
): Promise<Ablation[]> => {
  const interrupted = new AbortController()
  const { signal } = interrupted
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupted.abort())
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-ablate-'))
  const servers = await startServers({
    folder: join(folder, 'servers'),
    ports: await findFreeServerPorts(),
    environment,
    progress,
    signal,
  }).catch(async (cause: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw cause
  })
  const redis = connectRedis({
    url: servers.environment.REDIS_URL,
    commandTimeoutMs: 5_000,
    onError: () => undefined,
  })
  try {
    await redis.waitForConnection(5_000)
    const copy = await createCheckoutCopy(root, join(folder, 'copy'))
    const runner = createTestRunner({
      folder: copy.folder,
      reportFolder: folder,
      environment: { ...environment, ...servers.environment },
      signal,
    })
    return await runAblations(selected, {
      copy,
      runner,
      check: createLuaCheck(redis),
      monotonicMs: () => performance.now(),
      onAblation,
      onStep: progress.say,
    })
  } finally {
    redis.close()
    await servers.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Takes every safeguard out of a copy, one at a time, and expects its test to fail. */
export const ablateCommand = defineCommand({
  name: 'npm run ablate --',
  summary: 'Takes every safeguard out of a copy, one at a time, and runs the test that has to fail then.',
  options: {
    only: optional({
      placeholder: 'WORDS',
      help: 'only safeguards with these words in their name, section or file',
      expected: 'words',
      parse: (text) => text || undefined,
    }),
    list: flag('lists the safeguards and the tests that notice them; runs nothing'),
    write: flag('writes docs/safeguards.md from the list; runs nothing'),
  },
  check: ({ only, list, write }) =>
    write && (list || only !== undefined)
      ? ['--write: takes no other option, because it writes the whole list']
      : [],
  exitCodes: {
    noticed: [0, 'a test noticed each safeguard that was taken out'],
    unnoticed: [1, 'one was unnoticed, or could not be tried'],
  },
  async run({ only, list, write }, { environment, stderr, print }) {
    if (write) {
      await writeDocument()
      return 'noticed'
    }
    const selected = select(only)
    if (list) {
      const texts = selected.map(({ safeguard, files }) => formatSafeguard(safeguard, files))
      await print({
        text: `${texts.join('\n\n')}\n`,
        json: selected.map(({ safeguard, files }) => safeguardDocument(safeguard, files)),
      })
      return 'noticed'
    }
    const ablations = await ablate(
      selected.map(({ safeguard }) => safeguard),
      environment,
      createProgressDisplay(stderr),
      (ablation) => print({ text: `${formatAblation(ablation)}\n` }),
    )
    await print({ text: `${formatSummary(ablations)}\n`, json: ablations.map(ablationDocument) })
    if (ablations.some(({ result }) => result.kind !== 'noticed')) return 'unnoticed'
    if (only === undefined) await writeDocument()
    return 'noticed'
  },
})
