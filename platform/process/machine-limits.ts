import { readFile } from 'node:fs/promises'

/** Limits of this process and its machine, read on Linux; `undefined` elsewhere. */
export type MachineLimits = {
  nodeVersion: string
  /** Files and sockets that this process can have open. */
  filesMax: number | undefined
  /** Connections that can wait to be accepted: an upper limit for the backlog of every server. */
  acceptQueueMax: number | undefined
  /** Half-open connections. */
  synQueueMax: number | undefined
  hasSynCookies: boolean | undefined
}

const textOf = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  }
}

const numberIn = async (file: string): Promise<number | undefined> => {
  const text = await textOf(file)
  return text === undefined ? undefined : Number(text)
}

/** Reads /proc; never rejects. */
export const readMachineLimits = async (): Promise<MachineLimits> => {
  const limits = await textOf('/proc/self/limits')
  const files = /^Max open files\s+(\S+)/m.exec(limits ?? '')?.[1]
  const cookies = await numberIn('/proc/sys/net/ipv4/tcp_syncookies')
  return {
    nodeVersion: process.versions.node,
    filesMax: files === undefined ? undefined : files === 'unlimited' ? Infinity : Number(files),
    acceptQueueMax: await numberIn('/proc/sys/net/core/somaxconn'),
    synQueueMax: await numberIn('/proc/sys/net/ipv4/tcp_max_syn_backlog'),
    hasSynCookies: cookies === undefined ? undefined : cookies > 0,
  }
}
