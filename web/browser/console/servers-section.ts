import type { ServerList } from '../../../client/contract-types.ts'
import type { OperatorClient } from '../../../client/operator-client.ts'
import type { Wording } from '../../texts/language.ts'
import { serverTexts } from '../../texts/server-texts.ts'
import { element, setText } from './elements.ts'
import { findingList } from './finding-list.ts'
import { levelBadge } from './level-badge.ts'
import { aboutText, failureText, plainText, tell } from './words.ts'

type Server = ServerList['servers'][number]

const intervalMs = 60_000
/** After a failure. The client has made several attempts by then. */
const retryMs = 10_000

const nameOf = (name: string): string => {
  const texts: Readonly<Record<string, Wording>> = serverTexts.place
  const text = texts[name]
  return text === undefined ? name : tell(text)
}

const lineOf = ({ name, version, address, level, findings }: Server, isOpen: boolean): HTMLElement => {
  const met = findings.filter((finding) => finding.level === 'ok').length
  const values = { ok: plainText(met), n: plainText(findings.length) }
  return element(
    'li',
    { 'data-server': name },
    element(
      'p',
      {},
      element('b', {}, nameOf(name)),
      ` ${name === 'machine' ? '' : (version ?? tell(serverTexts.noVersion))} `,
      levelBadge(level),
      ' ',
      element('small', {}, address),
    ),
    findingList(tell(serverTexts.met, values), findings, isOpen),
  )
}

/**
 * The servers with their versions, and what the doctor finds about them. It asks once a minute while somebody
 * can see it.
 */
export const createServersSection = (client: Pick<OperatorClient, 'servers'>) => {
  const list = element('ul', { class: 'servers' })
  const [age, fault] = [element('p', { class: 'note' }), element('p', { class: 'fault', role: 'status' })]
  const node = element(
    'section',
    { class: 'panel', id: 'servers', 'aria-label': tell(serverTexts.servers) },
    element('h2', {}, tell(serverTexts.servers)),
    fault,
    list,
    age,
  )
  let shown = ''
  let examinedAtMs: number | undefined
  let nextAtMs = 0
  let isAsking = false

  const show = ({ servers }: ServerList): void => {
    const text = JSON.stringify(servers)
    if (text === shown) return
    shown = text
    const isOpen = (name: string): boolean =>
      list.querySelector(`[data-server="${CSS.escape(name)}"] details`)?.hasAttribute('open') ?? false
    list.replaceChildren(...servers.map((server) => lineOf(server, isOpen(server.name))))
  }
  const ask = async (): Promise<void> => {
    isAsking = true
    try {
      const found = await client.servers()
      show(found)
      examinedAtMs = performance.now() - found.ageMs
      nextAtMs = performance.now() + intervalMs
      setText(fault, '')
    } catch (cause) {
      nextAtMs = performance.now() + retryMs
      setText(fault, `⚠ ${tell(serverTexts.notExamined, { why: failureText(cause), s: retryMs / 1_000 })}`)
    } finally {
      isAsking = false
    }
  }
  const tick = (): void => {
    const isSeen = document.visibilityState === 'visible' && node.isConnected
    if (isSeen && !isAsking && performance.now() >= nextAtMs) void ask()
    const agoMs = examinedAtMs === undefined ? undefined : performance.now() - examinedAtMs
    setText(
      age,
      agoMs === undefined
        ? tell(serverTexts.examining)
        : tell(serverTexts.examined, { time: aboutText(agoMs / 1_000) }),
    )
  }
  return { node, tick }
}
