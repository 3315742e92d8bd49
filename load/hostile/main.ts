import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { type BadClientCounts, noCounts } from './bad-client.ts'
import { badClientKinds, badClientNames } from './bad-client-kinds.ts'

// Bad clients in a process of their own, so that their work is not done by whoever measures. They end with
// the input, and the counts of each kind are the output.
const shape = z.object({
  names: z.array(z.enum(badClientNames)),
  target: z.object({
    url: z.string(),
    from: z.string().exactOptional(),
    campaignId: z.string(),
    token: z.string(),
    share: z.number().positive().max(1),
  }),
})
const { names, target } = shape.parse(JSON.parse(process.env['BAD_CLIENTS'] ?? ''))
const running = names.map((name) => badClientKinds[name](target))
const sum = (left: BadClientCounts, right: BadClientCounts): BadClientCounts => ({
  opened: left.opened + right.opened,
  sent: left.sent + right.sent,
  answered: left.answered + right.answered,
  cut: left.cut + right.cut,
})
const total = (): BadClientCounts => running.map((one) => one.counts()).reduce(sum, noCounts())

// Opening hundreds of connections at once is a moment of its own: what lasts comes behind it.
const [looksMax, lookEveryMs] = [20, 100]
let openedBefore = 0
for (let looks = 0; looks < looksMax; looks += 1) {
  await wait(lookEveryMs)
  const { opened } = total()
  if (opened > 0 && opened === openedBefore) break
  openedBefore = opened
}
process.stdout.write('running\n')

process.stdin
  .on('end', () => {
    const counts = total()
    for (const one of running) one.stop()
    process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0))
  })
  .resume()
