import { execFile } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { AuditResult } from '../coupon/audit/audit.ts'
import { Failure, messageOf } from '../platform/failure.ts'

/** Audits that run beside this process. */
export type AuditProcess = {
  /** Rejects `unavailable` when a book cannot be read, or when it takes longer than it may. */
  run(campaignId: string): Promise<AuditResult>
  /** Ends what runs. */
  close(): void
}

const outputBytesMax = 1_048_576
/** An audit of a million took some 20 s, and a campaign may have ten million coupons. */
const timeoutMs = 3_600_000
/** Ends with a verdict: pass, fail, in flight. */
const verdictCodes: readonly unknown[] = [0, 1, 3]

/** A program that crashed ends with 1, as one that says FAIL does, and prints no verdict. */
const resultIn = (printed: string): AuditResult | undefined => {
  try {
    return JSON.parse(printed) as AuditResult
  } catch {
    return undefined
  }
}

const letOthersFirst = (pid: number): void => {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended, or this system does not let us: it runs as everybody does.
  }
}

/**
 * `program --json <campaign>` as `npm run audit` has it, with our environment, and behind us in line for the processor. In this process
 * an audit of a million would take half a gigabyte of the memory of whoever serves shoppers, and seconds of its only thread.
 */
export const createAuditProcess = (program: string): AuditProcess => {
  const closing = new AbortController()
  return {
    run(campaignId) {
      const { promise, resolve, reject } = Promise.withResolvers<AuditResult>()
      const child = execFile(
        process.execPath,
        [program, '--json', campaignId],
        { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: outputBytesMax, signal: closing.signal },
        (cause, printed, said) => {
          const result = cause === null || verdictCodes.includes(cause.code) ? resultIn(printed) : undefined
          if (result !== undefined) resolve(result)
          else {
            const why = said.trim() || messageOf(cause)
            reject(new Failure('unavailable', `the audit ended without a verdict: ${why}`, { cause }))
          }
        },
      )
      if (child.pid !== undefined) letOthersFirst(child.pid)
      return promise
    },
    close: () => closing.abort(),
  }
}
