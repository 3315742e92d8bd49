import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: { postinstall: string }
}

/** What the script after `npm ci` says when `node` is found in this folder. */
const sayWith = (folder: string): string =>
  execFileSync('/bin/sh', ['-c', scripts.postinstall], {
    env: { PATH: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })

test('after npm ci nothing is said where Node 26 runs, and what to install where it does not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firstcome-postinstall-'))
  try {
    expect(sayWith(dirname(process.execPath))).toBe('')
    // What the loader says and ends with when a library is missing.
    writeFileSync(join(folder, 'node'), '#!/bin/sh\necho libatomic.so.1: cannot open >&2\nexit 127\n')
    chmodSync(join(folder, 'node'), 0o755)
    expect(sayWith(folder)).toContain('apt-get install libatomic1')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
