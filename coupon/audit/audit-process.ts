import { execFile } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { AuditResult, AuditScope } from './audit.ts'

/** Runs audits in processes of their own. */
export type AuditProcess = {
  /** Rejects with `unavailable` when a source cannot be read, or after the timeout. */
  run(campaignId: string, scope?: Pick<AuditScope, 'logUntilMs'>): Promise<AuditResult>
  /** Ends running audits. */
  close(): void
}

const outputBytesMax = 1_048_576
/** An audit of a million coupons took about 15 s, and a campaign can have ten million. */
const timeoutMs = 3_600_000
/** Exit codes with a verdict: pass, fail, in flight. */
const verdictCodes: readonly unknown[] = [0, 1, 3]

/** A crash also exits with code 1, as a FAIL does, but prints no verdict. */
const resultIn = (stdout: string): AuditResult | undefined => {
  try {
    return JSON.parse(stdout) as AuditResult
  } catch {
    return undefined
  }
}

const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has exited, or the system does not allow it: it keeps its priority.
  }
}

/**
 * Runs `program --json <campaign>`, as `npm run audit` does, with our environment and a lower priority. In
 * this process an audit of a million coupons would take seconds of the only thread, some of them without a
 * break while SQLite sorts.
 */
export const createAuditProcess = (program: string): AuditProcess => {
  const closing = new AbortController()
  return {
    run(campaignId, { logUntilMs } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<AuditResult>()
      const child = execFile(
        process.execPath,
        [
          program,
          '--json',
          ...(logUntilMs === undefined ? [] : ['--log-until', String(logUntilMs)]),
          campaignId,
        ],
        { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: outputBytesMax, signal: closing.signal },
        (cause, stdout, stderr) => {
          const result = cause === null || verdictCodes.includes(cause.code) ? resultIn(stdout) : undefined
          if (result !== undefined) resolve(result)
          else {
            const reason = stderr.trim() || messageOf(cause)
            reject(new Failure('unavailable', `the audit gave no verdict: ${reason}`, { cause }))
          }
        },
      )
      if (child.pid !== undefined) lowerPriority(child.pid)
      return promise
    },
    close: () => closing.abort(),
  }
}
