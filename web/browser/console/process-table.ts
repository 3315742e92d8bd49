import type { ConsoleProcess } from '../../../client/contract-types.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { dataTable, element, setText } from './elements.ts'
import { isSaturated } from './saturation.ts'
import { countText, memoryText, percentText, tell } from './words.ts'

const stateOf = (process: ConsoleProcess): { text: string; isWarning: boolean } => {
  const faults = [
    ...(isSaturated(process) ? [tell(liveTexts.saturated)] : []),
    ...(process.isPublisherOpen ? [`${tell(liveTexts.publisher)}: ${tell(liveTexts.publisherCut)}`] : []),
  ]
  return faults.length === 0
    ? { text: tell(liveTexts.processOk), isWarning: false }
    : { text: `⚠ ${faults.join(', ')}`, isWarning: true }
}

const columns = [
  ...[liveTexts.processName, liveTexts.eventLoop, liveTexts.cpu, liveTexts.memory],
  ...[liveTexts.queue, liveTexts.publishQueue, liveTexts.processState],
]

/** How busy each process is. Rows stay while their process does: nothing jumps, and a selection is kept. */
export const createProcessTable = () => {
  const node = dataTable(
    tell(liveTexts.processes),
    columns.map((column) => tell(column)),
    [],
  )
  const body = node.querySelector('tbody') ?? node
  const rows = new Map<string, { row: HTMLElement; cells: HTMLElement[] }>()
  return {
    node,
    show(processes: readonly ConsoleProcess[]): void {
      for (const [id, { row }] of rows)
        if (!processes.some((process) => process.id === id)) {
          row.remove()
          rows.delete(id)
        }
      for (const process of processes) {
        let made = rows.get(process.id)
        if (made === undefined) {
          const cells = columns.map(() => element('td'))
          made = { cells, row: element('tr', {}, ...cells) }
          rows.set(process.id, made)
          body.append(made.row)
        }
        const { text, isWarning } = stateOf(process)
        const texts = [
          `${tell(liveTexts.processKind[process.kind])} ${process.name}`,
          ...[percentText(process.eventLoop), percentText(process.cpu), memoryText(process.memoryBytes)],
          ...[countText(process.queue), countText(process.publishQueue), text],
        ]
        made.cells.forEach((cell, place) => setText(cell, texts[place] ?? ''))
        made.row.toggleAttribute('data-warning', isWarning)
      }
    },
  }
}
