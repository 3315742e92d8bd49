import { existsSync } from 'node:fs'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Safeguard } from './safeguard.ts'
import { readMarkedSources, type Sources, takeOut } from './take-out.ts'

/** A copy of the product that may be broken: the checkout stays as it is. */
export type CheckoutCopy = {
  readonly folder: string
  /**
   * Takes a safeguard out, runs `work`, and restores the files even when `work` throws.
   * `work` gets the changed files. Throws `refused` before `work` when an edit does not fit the sources.
   */
  without<Result>(
    safeguard: Pick<Safeguard, 'name' | 'edits'>,
    work: (files: Sources) => Promise<Result>,
  ): Promise<Result>
}

/** Not part of the product, or slow to copy. */
const leftOut = ['node_modules', '.git', '.firstcome']

/** Read-only folders that the copy links to: packages, and Kafka's jars where they were downloaded. */
const linked = ['node_modules', join('.firstcome', 'kafka-jars')]

const copyTree = async (root: string, folder: string): Promise<void> => {
  await cp(root, folder, {
    recursive: true,
    filter: (source) => !leftOut.includes(relative(root, source)),
  })
  await mkdir(join(folder, '.firstcome'), { recursive: true })
  for (const name of linked)
    if (existsSync(join(root, name))) await symlink(join(root, name), join(folder, name), 'dir')
}

/** Copies the checkout at `root` into `folder`, which must not exist. */
export const createCheckoutCopy = async (root: string, folder: string): Promise<CheckoutCopy> => {
  await copyTree(root, folder)
  const sources = readMarkedSources(folder)
  const write = async (files: Iterable<string>, texts: Sources): Promise<void> => {
    for (const file of files) await writeFile(join(folder, file), texts.get(file) ?? '')
  }
  return {
    folder,
    async without(safeguard, work) {
      const changed = takeOut(sources, safeguard)
      try {
        await write(changed.keys(), changed)
        return await work(changed)
      } finally {
        await write(changed.keys(), sources)
      }
    },
  }
}
