import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { interruption, withOwnSystem } from '../../load/bench/own-system.ts'
import { defineCommand } from '../../platform/command.ts'
import { createFolder } from '../../platform/create-folder.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { integer, optional } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { fuzzDocument } from './fuzz-document.ts'
import { type FuzzTarget, installSchemathesis, runSchemathesis } from './schemathesis.ts'
import { auditSubjects, prepareSubjects, readServedContract } from './subjects.ts'

const root = join(import.meta.dirname, '..', '..')
const minutesMin = 0.2
const minutesMax = 600
const shopper = 'fuzz-shopper'

const targetOf = (environment: NodeJS.ProcessEnv): FuzzTarget => ({
  url: environment['API_URL'] ?? '',
  shopperToken: createTokenSigner(environment['JWT_SECRET'] ?? '')(shopper, 86_400),
  operatorToken: environment['ADMIN_TOKEN'] ?? '',
})

/** Sends what the contract allows, and what it forbids, to a system of its own, and audits it afterwards. */
export const createFuzzCommand = (progress: ProgressDisplay) =>
  defineCommand({
    name: 'npm run fuzz --',
    summary:
      'Starts a system of its own, sends it good and bad requests made from /openapi.json, and audits it.',
    options: {
      minutes: optional({
        placeholder: 'N',
        help: `how long requests are sent: ${minutesMin} to ${minutesMax} minutes, 1 when left out`,
        expected: `${minutesMin} to ${minutesMax} minutes`,
        parse(text) {
          const minutes = /^\d{1,3}(?:\.\d{1,2})?$/.test(text) ? Number(text) : 0
          return minutes >= minutesMin && minutes <= minutesMax ? minutes : undefined
        },
      }),
      seed: integer({ help: 'sends the same requests again', min: 0, max: Number.MAX_SAFE_INTEGER }),
    },
    notes: [
      'Schemathesis is installed from PyPI into .firstcome on the first run: that needs python3 with venv.',
      'What it found, with a curl command for each, is written to standard error.',
    ],
    exitCodes: {
      pass: [0, 'no server error, nothing that /openapi.json does not describe, and every audit passed'],
      fail: [1, 'something was found'],
      interrupted: [130, 'ended by a signal'],
    },
    async run({ minutes = 1, seed }, { environment, print }) {
      const kept = join(root, '.firstcome')
      await createFolder(kept)
      const folder = await mkdtemp(join(tmpdir(), 'firstcome-fuzz-'))
      const ending = new AbortController()
      try {
        const program = await progress.step('Schemathesis: installing …', () =>
          installSchemathesis({ folder: kept, environment }),
        )
        const system = { folder: join(folder, 'system'), environment }
        const result = await withOwnSystem(system, async (own) => {
          const target = targetOf(own)
          const names = await prepareSubjects(target, shopper)
          const openApi = fuzzDocument(await readServedContract(target), names)
          const isClean = await runSchemathesis({
            ...{ program, folder, environment, target, openApi, seed },
            seconds: Math.round(minutes * 60),
            signal: ending.signal,
          })
          return { isClean, ...(await progress.step('audits', () => auditSubjects(target))) }
        })
        const isGood = result.isClean && result.failed.length === 0
        const lines = [
          `${isGood ? 'PASS' : 'FAIL'}: requests ${result.isClean ? 'as described' : 'with findings, see above'}; ` +
            `${result.audited} of ${result.campaigns} campaigns audited, ${result.failed.length} did not pass`,
          ...result.failed,
        ]
        await print({
          text: `${lines.join('\n  ')}\n`,
          json: { verdict: isGood ? 'pass' : 'fail', ...result },
        })
        return isGood ? 'pass' : 'fail'
      } catch (cause) {
        if (cause === interruption) return 'interrupted'
        throw cause
      } finally {
        ending.abort()
        await rm(folder, { recursive: true, force: true })
      }
    },
  })
