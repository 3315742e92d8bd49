import { setPriority } from 'node:os'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { machineNow } from './machine-clock.ts'
import { runOpenModel } from './open-model.ts'
import { type OpenModelOrder, sendOpenModelDone } from './open-model-process.ts'

// The generator of an open model, in a process of its own: nothing but requests and answers delays its clock.
// It ends with the process that started it.
process.on('disconnect', () => process.exit(0))
try {
  // Ahead of the servers that share its machine. Without it a press waits for its turn on a processor, and is
  // sent late.
  setPriority(-10)
} catch {
  // Only root may. A generator that is late says so.
}
process.on('message', ({ model, requests }: OpenModelOrder) => {
  const sheet = createAnswerSheet(requests.length, machineNow)
  void runOpenModel(model, requests, sheet).then((generator) =>
    sendOpenModelDone({
      generator,
      answers: requests.map((_, shopper) => sheet.read(shopper)),
      faults: sheet.faults(),
    }),
  )
})
