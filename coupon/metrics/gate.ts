import { Failure } from '../../platform/failure.ts'
import { type Metrics, waitBounds } from '../../platform/metrics/metrics.ts'
import type { Gate } from '../gate/gate.ts'

const batchBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256]

type GateSilence = 'recovering' | 'epoch' | 'unavailable' | 'defect'

/** Why an answer is not one of a gate in order; `undefined` when it is. */
const silenceOf = (answer: object): GateSilence | undefined => {
  if ('armed' in answer) return answer.armed === true ? undefined : 'recovering'
  if (!('kind' in answer)) return undefined
  return answer.kind === 'recovering' || answer.kind === 'epoch' ? answer.kind : undefined
}

/** The same gate, with every call measured: once per call, however many requests it decides. */
export const measureGate = (gate: Gate, metrics: Metrics, monotonicMs: () => number): Gate => {
  const durations = metrics.histogram({
    name: 'firstcome_gate_call_duration_seconds',
    help: 'Time of one call of a gate, by call, answered or not.',
    labels: ['call'],
    bounds: waitBounds,
  })
  const silences = metrics.counter({
    name: 'firstcome_gate_silences_total',
    help: 'Calls of a gate that it did not answer, or answered that it is not in order.',
    labels: ['call', 'reason'],
  })
  const batches = metrics.histogram({
    name: 'firstcome_gate_batch_size',
    help: 'Requests in one decide call.',
    bounds: batchBounds,
  })()

  const measured = (name: string) => {
    const duration = durations(name)
    const countSilence = (reason: GateSilence, calls = 1): void => silences(name, reason).add(calls)
    for (const reason of ['recovering', 'epoch', 'unavailable', 'defect'] as const) countSilence(reason, 0)
    return async <Answer extends object>(call: () => Promise<Answer>): Promise<Answer> => {
      const startedAtMs = monotonicMs()
      try {
        const answer = await call()
        const reason = silenceOf(answer)
        if (reason !== undefined) countSilence(reason)
        return answer
      } catch (cause) {
        countSilence(cause instanceof Failure && cause.code === 'unavailable' ? 'unavailable' : 'defect')
        throw cause
      } finally {
        duration.observe((monotonicMs() - startedAtMs) / 1_000)
      }
    }
  }
  const decide = measured('decide')
  const confirm = measured('confirm')
  const look = measured('look')
  const view = measured('view')
  return {
    decide(campaignId, epoch, requests) {
      batches.observe(requests.length)
      return decide(() => gate.decide(campaignId, epoch, requests))
    },
    confirm: (...options) => confirm(() => gate.confirm(...options)),
    look: (...options) => look(() => gate.look(...options)),
    view: (...options) => view(() => gate.view(...options)),
  }
}
