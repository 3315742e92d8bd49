import type { RedriveResult } from '../../../client/contract-types.ts'
import type { LetterReason, RedriveOptions } from '../../../client/operator-client.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { letterTexts } from '../../texts/letter-texts.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, setText } from './elements.ts'
import { visibleText } from './visible-text.ts'
import { failureText, plainText, tell } from './words.ts'

type RedrivenLetter = RedriveResult['letters'][number]

/** Rows of a table: the counts above it are of all. */
const shownMax = 100

const countOf = (letters: readonly RedrivenLetter[], outcome: RedrivenLetter['outcome']): number =>
  letters.filter((letter) => letter.outcome === outcome).length

const outlookText = ({ outlook, to }: RedrivenLetter): string => {
  if (outlook === null) return to ?? ''
  const why = outlook.reason === null ? '' : `: ${outlook.reason} · ${visibleText(outlook.message ?? '')}`
  return `${tell(letterTexts.outlook[outlook.kind])}${why}`
}

/** `✓ becomes a row: 3` for each, the most first. */
const outlookCounts = (letters: readonly RedrivenLetter[]): HTMLElement[] =>
  [...Map.groupBy(letters, ({ outlook }) => outlook?.kind ?? 'unknown')]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([kind, ofKind]) =>
      element('li', {}, `${tell(letterTexts.outlook[kind])}: ${plainText(ofKind.length)}`),
    )

const saidOf = ({ dryRun, letters, left }: RedriveResult): string => {
  const [redriven, lost] = [countOf(letters, 'redriven'), countOf(letters, 'not-acknowledged')]
  const said: [Wording, number][] = dryRun
    ? [[letterTexts.wouldBe, letters.length]]
    : [
        [letterTexts.wereRedriven, redriven],
        ...(lost === 0 ? [] : [[letterTexts.notAcknowledged, lost] as [Wording, number]]),
      ]
  if (left > 0) said.push([letterTexts.left, left])
  return said.map(([text, n]) => tell(text, { n: plainText(n) })).join(' ')
}

const planOf = ({ letters }: RedriveResult): Node[] => [
  element('ul', { class: 'plain' }, ...outlookCounts(letters)),
  element('p', { class: 'note' }, tell(letterTexts.eachAlone)),
  dataTable(
    tell(letterTexts.dryRun),
    [letterTexts.letter, letterTexts.partition, letterTexts.expected].map((text) => tell(text)),
    letters
      .slice(0, shownMax)
      .map((letter) => [
        element('a', { href: `#/letters/${letter.id}` }, letter.id),
        plainText(letter.toPartition),
        outlookText(letter),
      ]),
  ),
]

/** What a redrive is of: one letter by its id, or the open ones of a reason. */
export type RedriveTarget = { id: string } | { reason: LetterReason; open: number }

/**
 * The buttons that try a redrive and do it, with what came of it below. A viewer gets none. `onRedriven` is
 * told what to say after letters were redriven, or were by somebody else.
 */
export const createRedriveSection = (
  { client, mayChange }: Session,
  target: RedriveTarget,
  onRedriven: (said: string) => void,
): HTMLElement => {
  if (!mayChange) return element('div')
  const [status, plan] = [element('p', { class: 'result', role: 'status' }), element('div')]
  const name = 'id' in target ? target.id : target.reason
  const ask = (options: RedriveOptions): Promise<RedriveResult> =>
    'id' in target
      ? client.redriveDeadLetter(target.id, options)
      : client.redriveDeadLetters({ ...options, onlyReason: target.reason })
  const labelOf = (text: Wording): string => `${tell(text)}: ${name}`

  const dryRun = async (): Promise<void> => {
    setText(status, tell(letterTexts.working))
    plan.replaceChildren()
    tryIt.disabled = true
    try {
      const result = await ask({ dryRun: true })
      setText(status, saidOf(result))
      plan.replaceChildren(...planOf(result))
    } catch (cause) {
      setText(status, tell(campaignTexts.failed, { why: failureText(cause) }))
    } finally {
      tryIt.disabled = false
    }
  }
  const redrive = async (): Promise<void> => {
    let said = ''
    const n = 'id' in target ? '' : tell(letterTexts.count, { n: plainText(target.open) })
    const isDone = await confirmAndDo({
      ...{ title: labelOf(letterTexts.redrive), lead: tell(letterTexts.redriveLead, { n }).trim() },
      ...{ needsReason: true, button: tell(letterTexts.redrive) },
      typed: {
        label: tell(letterTexts.typeIt, { text: name }),
        accepts: (text) => text.trim() === name,
      },
      act: async (reason) => {
        said = saidOf(await ask({ dryRun: false, reason }))
      },
    })
    if (isDone) onRedriven(said)
  }
  const tryIt = element(
    'button',
    { type: 'button', 'aria-label': labelOf(letterTexts.dryRun), onclick: () => void dryRun() },
    tell(letterTexts.dryRun),
  )
  const doIt = element(
    'button',
    { type: 'button', 'aria-label': labelOf(letterTexts.redrive), onclick: () => void redrive() },
    tell(letterTexts.redrive),
  )
  return element('div', {}, element('p', { class: 'actions' }, tryIt, doIt), status, plan)
}
