import { type LogPosition, positionText, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import { Failure } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { DlqCommand } from './arguments.ts'
import type { FoundLetter, Letters } from './letters.ts'
import { redrive } from './redrive.ts'
import { dryRunText, listJson, listText, redriveText } from './report.ts'
import { showJson, showText } from './show.ts'

const refuse = (message: string): Failure => new Failure('refused', message)

async function* only<Item>(item: Item): AsyncGenerator<Item> {
  yield item
}

/**
 * What the command was asked for: text, a piece at a time, which does the work while it is read. Throws `refused` for a letter
 * that is not there or was redriven before; this and the text, `unavailable` when Kafka did not answer.
 */
export const answer = async (
  asked: DlqCommand,
  { letters, producer, now }: { letters: Letters; producer: Producer; now(): number },
): Promise<AsyncIterable<string>> => {
  const find = async (place: LogPosition): Promise<FoundLetter> => {
    const found = await letters.at(place)
    if (found === undefined) throw refuse(`${deadLettersTopic} has no dead letter at ${positionText(place)}`)
    return found
  }
  const findOpen = async (place: LogPosition): Promise<StoredLetter[]> => {
    const { letter, redriven } = await find(place)
    if (redriven === undefined) return [letter]
    const to = `${positionText(redriven.to)} of ${letter.origin.topic}`
    throw refuse(`${positionText(place)} was redriven ${redriven.time} and lies at ${to}`)
  }

  switch (asked.kind) {
    case 'list':
      return (asked.isJson ? listJson : listText)(letters.open(asked.reason), asked.limit)
    case 'show':
      return only((asked.isJson ? showJson : showText)(await find(asked.place)))
    case 'redrive': {
      const open = asked.which === 'all' ? letters.open(asked.reason) : only(await findOpen(asked.which))
      return asked.isDryRun ? dryRunText(open) : redriveText(redrive(open, { producer, now }))
    }
  }
}
