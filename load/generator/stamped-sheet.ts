import { type ArrivalStamp, arrivalHeader, parseArrivalStamp } from '../../platform/http/arrival-stamp.ts'
import { type AnswerSheet, headerIn } from './answer-sheet.ts'

/** A sheet that also keeps when the API read each press. */
export type StampedSheet = AnswerSheet & {
  /** `undefined` when the answer did not say it. */
  stamp(shopper: number): ArrivalStamp | undefined
}

const headerName = arrivalHeader.toLowerCase()

/** Keeps the stamps of the answers that go to `sheet`. They are read afterwards. */
export const createStampedSheet = (sheet: AnswerSheet): StampedSheet => {
  const texts: (string | undefined)[] = []
  return {
    ...sheet,
    answer(shopper, status, body, headers) {
      texts[shopper] = headerIn(headers, headerName)
      sheet.answer(shopper, status, body, headers)
    },
    stamp: (shopper) => parseArrivalStamp(texts[shopper] ?? ''),
  }
}
