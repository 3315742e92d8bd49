import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const readCertificates = (text: string): X509Certificate[] => {
  const certificates = text.match(certificatePattern)
  if (certificates === null) throw new Error('it holds no certificate in PEM')
  return certificates.map((certificate) => new X509Certificate(certificate))
}

const pemFile = (expected: string, parse: (text: string) => unknown) =>
  z.string().transform((file, context): string => {
    try {
      const text = readFileSync(file, 'utf8')
      parse(text)
      return text
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      context.addIssue({ code: 'custom', message: `expected ${expected}: ${file}: ${reason}` })
      return z.NEVER
    }
  })

/** A file of certificates. It is read once, and its value is their text in PEM. */
export const certificateFile = pemFile('a file of certificates in PEM', readCertificates)

/** A file with a private key that has no passphrase. It is read once, and its value is the key in PEM. */
export const privateKeyFile = pemFile(
  'a file with a private key in PEM, without passphrase',
  createPrivateKey,
)

/** Whether a private key belongs to the first certificate. */
export const isKeyOf = (key: string, certificates: string): boolean =>
  new X509Certificate(certificates).checkPrivateKey(createPrivateKey(key))
