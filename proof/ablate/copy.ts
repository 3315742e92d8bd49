import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { applyEdit } from './edits.ts'
import type { Edit } from './safeguard.ts'

/** A copy of the product that may be broken: the checkout stays as it is. */
export type Copy = {
  readonly folder: string
  /**
   * Makes the edits, runs `work`, and puts the files back, whatever came of it. Throws `refused` before `work` when an edit does not
   * fit. `work` is given the files that differ, by name, with what they hold.
   */
  edited<Result>(
    edits: readonly Edit[],
    work: (files: ReadonlyMap<string, string>) => Promise<Result>,
  ): Promise<Result>
}

/** Neither part of the product nor quick to copy. */
const leftOut = ['node_modules', '.git', '.firstcome']

/** Links to what the copy only reads: packages, and Kafka's jars where they were fetched. */
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
export const createCopy = async (root: string, folder: string): Promise<Copy> => {
  await copyTree(root, folder)
  return {
    folder,
    async edited(edits, work) {
      const before = new Map<string, string>()
      const after = new Map<string, string>()
      for (const edit of edits) {
        const text = after.get(edit.file) ?? (await readFile(join(folder, edit.file), 'utf8'))
        if (!before.has(edit.file)) before.set(edit.file, text)
        after.set(edit.file, applyEdit(text, edit))
      }
      try {
        for (const [file, text] of after) await writeFile(join(folder, file), text)
        return await work(after)
      } finally {
        for (const [file, text] of before) await writeFile(join(folder, file), text)
      }
    },
  }
}
