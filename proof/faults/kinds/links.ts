import type { Link } from '../link.ts'
import { chosen } from '../random.ts'
import { type Links, linkClients, linkServers } from '../stack-links.ts'
import { disturbanceKind, type FaultKind } from './fault-kind.ts'

const delayMs = { min: 100, max: 1_500 }
const delayOf = (chance: number): number => delayMs.min + chance * (delayMs.max - delayMs.min)

/** One of the six links by chance, with its name. */
const linkOf = (links: Links, chance: number): { target: string; link: Link } =>
  chosen(
    linkClients.flatMap((client) =>
      linkServers.map((server) => ({ target: `link-${client}-${server}`, link: links.of[server][client] })),
    ),
    chance,
  )

const linkKind = (
  action: string,
  strike: (link: Link, chance: number) => void,
  heal: (link: Link) => void,
): FaultKind =>
  disturbanceKind('link', action, [300, 4_000], ({ stack }, [chance, otherChance]) => {
    const { target, link } = linkOf(stack.links, chance)
    return {
      target,
      async strike() {
        strike(link, otherChance)
        return true
      },
      heal: async () => heal(link),
    }
  })

/** The network between API processes or workers and one server. */
export const linkKinds: readonly FaultKind[] = [
  linkKind(
    'cut',
    (link) => link.cut(),
    (link) => link.restore(),
  ),
  linkKind(
    'delay',
    (link, chance) => link.delay(delayOf(chance)),
    (link) => link.delay(0),
  ),
  // Requests arrive and their answers do not, or neither arrives.
  linkKind(
    'hold',
    (link, chance) => link.hold(chance < 0.5 ? 'all' : 'answers'),
    (link) => link.release(),
  ),
]

/** Kafka's answers come late, or not until it is healed. */
const kafkaLate = disturbanceKind('kafka', 'late', [1_000, 4_000], ({ stack }, [chance, otherChance]) => ({
  target: 'kafka-answers',
  async strike() {
    for (const link of stack.links.to('kafka'))
      if (chance < 0.3) link.hold('answers')
      else link.delay(delayOf(otherChance))
    return true
  },
  async heal() {
    for (const link of stack.links.to('kafka')) {
      link.delay(0)
      link.release()
    }
  },
}))

/** No process reaches MySQL. */
const mysqlCut = disturbanceKind('mysql', 'cut', [500, 4_000], ({ stack }) => ({
  target: 'mysql-links',
  async strike() {
    for (const link of stack.links.to('mysql')) link.cut()
    return true
  },
  async heal() {
    for (const link of stack.links.to('mysql')) link.restore()
  },
}))

/** Both links of one server at once. */
export const serverLinkKinds: readonly FaultKind[] = [kafkaLate, mysqlCut]
