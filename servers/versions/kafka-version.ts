import { readdirSync } from 'node:fs'
import { parseHostPort } from '../../platform/connections/host-port.ts'
import type { KafkaConnection } from '../../platform/connections/kafka-connection.ts'
import { probePort } from '../probe-port.ts'

/** The version of the jars in a folder, by the name of the main one: kafka_2.13-4.1.1.jar. */
export const versionOfKafkaJars = (jarsFolder: string): string | undefined =>
  readdirSync(jarsFolder)
    .map((name) => /^kafka_[\d.]+-(.+)\.jar$/.exec(name)?.[1])
    .find((version) => version !== undefined)

// ApiVersions, version 3. Its head: int32 length, int16 key 18, int16 version, int32 correlation, int16
// client id -1 (none), no tags. Its body: the client's name "firstcome" and version "1" as compact strings,
// no tags.
const apiVersionsRequest = Buffer.from(
  ['00000018', '0012', '0003', '00000001', 'ffff', '00', '0a6669727374636f6d65', '0231', '00'].join(''),
  'hex',
)

const feature = Buffer.from('metadata.version')

/**
 * The highest level of the feature metadata.version that the broker supports: two int16, lowest and highest,
 * behind the name. Its first occurrence is in the list of supported features. A broker without it is older
 * than 3.3: level 0.
 */
const readMetadataLevel = (answer: Buffer): number | undefined => {
  if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return undefined
  const at = answer.indexOf(feature)
  return at === -1 ? 0 : answer.readInt16BE(at + feature.length + 2)
}

// The first level of each release, by Kafka's MetadataVersion.java. The protocol has no other sign of the
// version.
const releases = [
  { level: 31, version: '4.4 or newer' },
  { level: 30, version: '4.3' },
  { level: 28, version: '4.2' },
  { level: 26, version: '4.1' },
  { level: 22, version: '4.0' },
  { level: 0, version: '3.9 or older' },
]

/** Asks the first of the brokers for its release: major and minor. Undefined without an answer. */
export const askKafkaVersion = async ({ brokers, tls }: KafkaConnection): Promise<string | undefined> => {
  const place = parseHostPort(brokers[0] ?? '')
  if (place === undefined) return undefined
  // A broker tells it before a client has proved who it is.
  const level = await probePort({
    ...place,
    tls,
    request: apiVersionsRequest,
    read: readMetadataLevel,
  })
  return level === undefined ? undefined : releases.find((release) => level >= release.level)?.version
}
