import { afterEach, expect, inject, test } from 'vitest'
import { killPrograms, runOwnProgram } from '../../test/harness/processes/run-own-program.ts'
import { until } from '../../test/harness/values/until.ts'

afterEach(killPrograms)

test('an API that is full for a measurement ends with its program, even when that is killed', async () => {
  const program = await runOwnProgram(`
    import { startFullApi } from '${new URL('full-api.ts', import.meta.url).href}'
    const { url } = await startFullApi(${JSON.stringify(inject('environment'))})
    process.stdout.write('full ' + url + '\\n')`)
  await program.said('full ')
  const url = String(program.lines().at(-1)?.slice('full '.length))
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  program.signal('SIGKILL')
  await until('its API has ended', () =>
    fetch(`${url}/livez`).then(
      () => undefined,
      () => true,
    ),
  )
})
