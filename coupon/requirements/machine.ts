import type { MachineLimits } from '../../platform/process/machine-limits.ts'
import { isAtLeast, met, ok, type Requirement, unknown, type Verdict } from './finding.ts'

/** What package.json asks for in `engines`. */
export const nodeMin = '26'
/** What the server of the API asks for when it listens. */
const acceptQueueMin = 4_096
/** Connections to Redis, Kafka and the database, files and pipes. */
const otherFilesMax = 200

const told = <Value>(value: Value | undefined, judge: (value: Value) => Verdict): Verdict =>
  value === undefined ? unknown('this system does not tell') : judge(value)

/** What has to be so of a machine that runs API processes which take so many connections. */
export const machineRequirements = (connectionsMax: number): Requirement<MachineLimits>[] => {
  const filesMin = connectionsMax + otherFilesMax
  return [
    {
      name: 'Node',
      expected: `${nodeMin} or newer`,
      mend: `npm ci, which brings it on Linux; elsewhere install Node ${nodeMin}`,
      why: 'The code runs as it is, and uses what Node 26 brings',
      judge: ({ nodeVersion }) => met(isAtLeast(nodeVersion, nodeMin), nodeVersion),
    },
    {
      name: 'open files',
      expected: `${filesMin} or more: CONNECTIONS_MAX and ${otherFilesMax}`,
      mend: `ulimit -n ${filesMin} before the start (systemd: LimitNOFILE=${filesMin}; Docker: --ulimit nofile=${filesMin}), or a lower CONNECTIONS_MAX`,
      why: 'At the limit a process cannot open a connection to Redis or Kafka either',
      judge: ({ filesMax }) =>
        told(filesMax, (found) =>
          met(found >= filesMin, found === Infinity ? 'no limit' : String(found), 'warn'),
        ),
    },
    {
      name: 'net.core.somaxconn',
      expected: `${acceptQueueMin} or more`,
      mend: `sysctl -w net.core.somaxconn=${acceptQueueMin}, and the same in /etc/sysctl.d; in a container it is the container's own`,
      why: 'Of thousands who connect at once the rest is dropped and tries again a second later',
      judge: ({ acceptQueueMax }) =>
        told(acceptQueueMax, (found) => met(found >= acceptQueueMin, String(found), 'warn')),
    },
    {
      name: 'net.ipv4.tcp_max_syn_backlog',
      expected: `${acceptQueueMin} or more, or tcp_syncookies on`,
      mend: `sysctl -w net.ipv4.tcp_max_syn_backlog=${acceptQueueMin} (or net.ipv4.tcp_syncookies=1), and the same in /etc/sysctl.d`,
      why: 'Of thousands who connect at once the rest is dropped and tries again a second later',
      judge: ({ synQueueMax, hasSynCookies }) =>
        hasSynCookies === true
          ? ok(`${synQueueMax}, tcp_syncookies on`)
          : told(synQueueMax, (found) =>
              met(found >= acceptQueueMin, `${found}, tcp_syncookies off`, 'warn'),
            ),
    },
  ]
}
