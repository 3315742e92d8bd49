import type { MachineLimits } from '../../platform/process/machine-limits.ts'
import { type Assessment, isAtLeast, ok, okWhen, type Requirement, unknown } from './finding.ts'

/** `engines` of package.json. */
export const nodeMin = '26'
/** The backlog with which the API listens. */
const acceptQueueMin = 4_096
/** Connections to Redis, Kafka and the database, files and pipes. */
const otherFilesMax = 200

const whenKnown = <Value>(value: Value | undefined, assess: (value: Value) => Assessment): Assessment =>
  value === undefined ? unknown('this system does not report it') : assess(value)

const connectWhy =
  'When thousands connect at once, the system drops the rest, and they try again a second later'

/** Requirements of a machine whose API processes take `connectionsMax` connections each. */
export const machineRequirements = (connectionsMax: number): Requirement<MachineLimits>[] => {
  const filesMin = connectionsMax + otherFilesMax
  return [
    {
      name: 'Node',
      expected: `${nodeMin} or newer`,
      fix: `npm ci, which installs it on Linux; on other systems install Node ${nodeMin}`,
      why: 'The code runs without a build and uses functions that Node 26 added',
      assess: ({ nodeVersion }) => okWhen(isAtLeast(nodeVersion, nodeMin), nodeVersion),
    },
    {
      name: 'open files',
      expected: `${filesMin} or more: CONNECTIONS_MAX plus ${otherFilesMax}`,
      fix: [
        `ulimit -n ${filesMin} before the start`,
        `(systemd: LimitNOFILE=${filesMin}; Docker: --ulimit nofile=${filesMin}), or a lower CONNECTIONS_MAX`,
      ].join(' '),
      why: 'At the limit a process cannot connect to Redis or Kafka either',
      assess: ({ filesMax }) =>
        whenKnown(filesMax, (found) =>
          okWhen(found >= filesMin, found === Infinity ? 'no limit' : String(found), 'warning'),
        ),
    },
    {
      name: 'net.core.somaxconn',
      expected: `${acceptQueueMin} or more`,
      fix: `sysctl -w net.core.somaxconn=${acceptQueueMin}, also in /etc/sysctl.d; a container has its own`,
      why: connectWhy,
      assess: ({ acceptQueueMax }) =>
        whenKnown(acceptQueueMax, (found) => okWhen(found >= acceptQueueMin, String(found), 'warning')),
    },
    {
      name: 'net.ipv4.tcp_max_syn_backlog',
      expected: `${acceptQueueMin} or more, or tcp_syncookies on`,
      fix: [
        `sysctl -w net.ipv4.tcp_max_syn_backlog=${acceptQueueMin} (or net.ipv4.tcp_syncookies=1),`,
        'also in /etc/sysctl.d',
      ].join(' '),
      why: connectWhy,
      assess: ({ synQueueMax, hasSynCookies }) =>
        hasSynCookies === true
          ? ok(`${synQueueMax}, tcp_syncookies on`)
          : whenKnown(synQueueMax, (found) =>
              okWhen(found >= acceptQueueMin, `${found}, tcp_syncookies off`, 'warning'),
            ),
    },
  ]
}
