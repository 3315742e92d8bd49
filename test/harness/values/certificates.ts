import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

// X.509 in DER, as far as a test needs it: no program and no package makes certificates everywhere.

const tag = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x18 }
const sequenceTag = 0x30
const setTag = 0x31

const element = (type: number, ...contents: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([type, ...size]), content])
}
const sequence = (...contents: readonly Buffer[]): Buffer => element(sequenceTag, ...contents)
const bits = (content: Buffer): Buffer => element(tag.bits, Buffer.from([0]), content)
const oid = (hex: string): Buffer => element(tag.oid, Buffer.from(hex, 'hex'))

const commonName = oid('550403')
const basicConstraints = oid('551d13')
const subjectAltName = oid('551d11')
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const yes = element(tag.boolean, Buffer.from([0xff]))

const nameOf = (name: string): Buffer =>
  sequence(element(setTag, sequence(commonName, element(tag.text, Buffer.from(name)))))

/** YYYYMMDDhhmmssZ */
const timeOf = (at: Date): Buffer =>
  element(tag.time, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`))

/** A DNS name, or an IPv4 address. */
const alternative = (name: string): Buffer =>
  isIPv4(name) ? element(0x87, Buffer.from(name.split('.').map(Number))) : element(0x82, Buffer.from(name))

const extensionsOf = (names: readonly string[], isAuthority: boolean): Buffer =>
  element(
    0xa3,
    sequence(
      sequence(basicConstraints, yes, element(tag.octets, sequence(...(isAuthority ? [yes] : [])))),
      ...(names.length === 0
        ? []
        : [sequence(subjectAltName, element(tag.octets, sequence(...names.map(alternative))))]),
    ),
  )

const dayMs = 86_400_000

const pem = (der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

type Subject = { name: string; names: readonly string[]; isAuthority: boolean; publicKey: KeyObject }
type Issuer = { name: string; privateKey: KeyObject }

const certify = ({ name, names, isAuthority, publicKey }: Subject, issuer: Issuer): string => {
  const now = Date.now()
  const body = sequence(
    element(0xa0, element(tag.integer, Buffer.from([2]))),
    element(tag.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer.name),
    sequence(timeOf(new Date(now - dayMs)), timeOf(new Date(now + dayMs))),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensionsOf(names, isAuthority),
  )
  return pem(sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuer.privateKey))))
}

/** A certificate and its key, in PEM. */
export type Certified = { certificate: string; key: string }

/** An authority of a test's own. Its certificates are good for a day. */
export type Authority = {
  /** Its own certificate, in PEM. */
  readonly certificate: string
  /** A certificate for these host names and IPv4 addresses. */
  issue(...names: readonly string[]): Certified
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

export const createAuthority = (): Authority => {
  const { publicKey, privateKey } = newKeys()
  // Each has another name: one that is not trusted is not taken for one that is.
  const name = `Test ${createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)}`
  const issuer = { name, privateKey }
  return {
    certificate: certify({ name, names: [], isAuthority: true, publicKey }, issuer),
    issue(...names) {
      const own = newKeys()
      const subject = { name: names[0] ?? 'nobody', names, isAuthority: false, publicKey: own.publicKey }
      return {
        certificate: certify(subject, issuer),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      }
    },
  }
}
