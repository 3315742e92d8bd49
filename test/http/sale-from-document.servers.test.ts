import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { newUser, operatorToken, tokenOf } from '../harness/processes/http-client.ts'
import { repositoryRoot } from '../harness/repository-files.ts'

const run = promisify(execFile)

test('a program that has docs/openapi.json and nothing else runs a whole sale over two API processes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-document-'))
  try {
    await copyFile(join(repositoryRoot, 'docs', 'openapi.json'), join(folder, 'openapi.json'))
    for (const file of ['document-caller.ts', 'sale-from-document.ts'])
      await copyFile(join(repositoryRoot, 'test', 'harness', 'outside', file), join(folder, file))
    const task = {
      ...{ urls: inject('apiUrls'), operator: operatorToken() },
      shoppers: Array.from({ length: 21 }, () => tokenOf(newUser())),
    }
    const { stdout } = await run(process.execPath, ['sale-from-document.ts', JSON.stringify(task)], {
      ...{ cwd: folder, timeout: 50_000, env: {} },
    })
    expect(JSON.parse(stdout)).toEqual({
      created: [201, true],
      preflight: [{ kind: 'percent', value: 10, coupons: 5 }, []],
      'press before the opening': 'not-open',
      opened: [200, 'open'],
      burst: { 201: 5, 'sold-out': 15 },
      paused: [200, 'paused'],
      'press while it is paused': 'paused',
      'more stock': [200, 'paused'],
      resumed: [200, 'open'],
      'second burst': { 200: 5, 201: 3, 'sold-out': 12 },
      closed: [200, 'closed'],
      'press after the close': 'closed',
      ranks: [1, 2, 3, 4, 5, 6, 7, 8],
      redeemed: [201, 200, 'already-redeemed'],
      'given back': [204, 201],
      revoked: ['revoked', 'revoked'],
      history: ['redeemed', 'given-back', 'redeemed'],
      // A line for each winner, below that of the names.
      exported: [[1, 2, 3, 4, 5, 6, 7, 8], 9],
      changes: ['closed', 'resumed', 'stock-raised', 'paused', 'edited', 'created'],
      audit: 'pass',
      clock: true,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
