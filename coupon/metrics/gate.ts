import { Failure } from '../../platform/failure.ts'
import { type Metrics, waitBounds } from '../../platform/metrics/metrics.ts'
import type { Gate } from '../gate/gate.ts'

const batchBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256]

type Silence = 'recovering' | 'epoch' | 'unavailable' | 'defect'

/** What kept a call from an answer of a gate in order; `undefined` for one that has it. */
const silenceOf = (answer: object): Silence | undefined => {
  if ('armed' in answer) return answer.armed === true ? undefined : 'recovering'
  if (!('kind' in answer)) return undefined
  return answer.kind === 'recovering' || answer.kind === 'epoch' ? answer.kind : undefined
}

/** The same gate, with every call measured: once a call, however many shoppers it decides for. */
export const measureGate = (gate: Gate, metrics: Metrics, monotonicMs: () => number): Gate => {
  const durations = metrics.histogram({
    name: 'firstcome_gate_call_duration_seconds',
    help: 'Time of one call of the gate, answered or not. The one called confirm is the time of a confirm.',
    labels: ['call'],
    bounds: waitBounds,
  })
  const silences = metrics.counter({
    name: 'firstcome_gate_silences_total',
    help: 'Calls that the gate did not answer, or not as one in order.',
    labels: ['call', 'reason'],
  })
  const batches = metrics.histogram({
    name: 'firstcome_gate_batch_size',
    help: 'Requests that one decide call decided.',
    bounds: batchBounds,
  })()

  const measured = (call: string) => {
    const duration = durations(call)
    const silence = (reason: Silence, calls = 1): void => silences(call, reason).add(calls)
    for (const reason of ['recovering', 'epoch', 'unavailable', 'defect'] as const) silence(reason, 0)
    return async <Answer extends object>(ask: () => Promise<Answer>): Promise<Answer> => {
      const startedAtMs = monotonicMs()
      try {
        const answer = await ask()
        const reason = silenceOf(answer)
        if (reason !== undefined) silence(reason)
        return answer
      } catch (cause) {
        silence(cause instanceof Failure && cause.code === 'unavailable' ? 'unavailable' : 'defect')
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
    confirm: (...asked) => confirm(() => gate.confirm(...asked)),
    look: (...asked) => look(() => gate.look(...asked)),
    view: (...asked) => view(() => gate.view(...asked)),
  }
}
