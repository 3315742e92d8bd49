import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../platform/failure.ts'
import { changeMarkedBlock, markersIn } from './marked-block.ts'
import { markerOf, type Safeguard } from './safeguard.ts'

/** Source files by their path. */
export type Sources = ReadonlyMap<string, string>

const foreign = ['node_modules', '.git', '.firstcome', 'proof', 'test', '**/*.test.ts']

/** The product's own sources below a root: no tests, and not the commands that try the product. */
export const readMarkedSources = (root: string): Sources =>
  new Map(
    globSync('**/*.{ts,lua,sql}', { cwd: root, exclude: foreign }).map((file) => [
      file,
      readFileSync(join(root, file), 'utf8'),
    ]),
  )

const fileWith = (sources: Sources, marker: string): string => {
  const files = [...sources].filter(([, text]) => markersIn(text).includes(marker)).map(([file]) => file)
  const [file] = files
  if (file === undefined || files.length > 1)
    throw new Failure('refused', `${files.length} files have the marker: ${marker}`)
  return file
}

/** The files that a safeguard's edits are in. Throws `refused` when one has no marker, or more than one. */
export const filesOfEdits = (
  sources: Sources,
  { name, edits }: Pick<Safeguard, 'name' | 'edits'>,
): string[] => [
  ...new Set(
    edits.map((edit) => ('file' in edit ? edit.file : fileWith(sources, markerOf(name, edit.part)))),
  ),
]

/** The changed files, with their text without the safeguard. Throws `refused` when an edit does not fit. */
export const takeOut = (sources: Sources, { name, edits }: Pick<Safeguard, 'name' | 'edits'>): Sources => {
  const changed = new Map<string, string>()
  for (const edit of edits) {
    const file = 'file' in edit ? edit.file : fileWith(sources, markerOf(name, edit.part))
    const text = changed.get(file) ?? sources.get(file) ?? ''
    changed.set(
      file,
      'file' in edit ? edit.change(text) : changeMarkedBlock(text, markerOf(name, edit.part), edit.change),
    )
  }
  return changed
}
