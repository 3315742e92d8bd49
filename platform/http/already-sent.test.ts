import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Loads the answer after a server, whose adapter has replaced the global Response by then. */
const program = `
  const { serveHttp } = await import('./server.ts')
  let answer
  const app = {
    fetch(request, { outgoing }) {
      outgoing.writeHead(200).write('a stream')
      setImmediate(() => outgoing.end(', and its end'))
      return answer
    },
  }
  const limits = { keepAliveTimeoutMs: 1_000, requestTimeoutMs: 1_000, connectionsMax: 10 }
  const server = await serveHttp(app, { host: '127.0.0.1', port: 0, ...limits })
  answer = (await import('./already-sent.ts')).alreadySent
  console.log(await (await fetch('http://127.0.0.1:' + server.port)).text())
  await server.close(0)
`

test('a handler that has written its answer is not answered for, whenever the module was loaded', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      program.replaceAll("import('./", `import('${join(import.meta.dirname, '/')}`),
    ],
    { timeout: 15_000 },
  )
  // A second head is an error on the console.
  expect([stdout, stderr]).toEqual(['a stream, and its end\n', ''])
})
