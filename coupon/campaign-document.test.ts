import { expect, test } from 'vitest'
import { type CampaignTerms, decodeDocument, encodeDocument } from './campaign.ts'

const terms: CampaignTerms = {
  ...{ name: 'Sale', stock: 10, opensAtMs: 1, closesAtMs: 2, perUserLimit: 1 },
  coupon: { title: 'Off', discount: { kind: 'percent', value: 10 }, usableFromMs: 1, usableUntilMs: 2 },
}
/** As gates have it that were armed before there were rules and zones. */
const oldDocument =
  '{"name":"Sale","opensAtMs":1,"closesAtMs":2,"perUserLimit":1,"coupon":{"title":"Off","discount":{"kind":"percent","value":10},"usableFromMs":1,"usableUntilMs":2}}'

test('a document without rules and zone is the one of older versions, byte by byte', () => {
  expect(encodeDocument(terms)).toBe(oldDocument)
  expect(encodeDocument({ ...terms, eligibility: [], timeZone: 'UTC' })).toBe(oldDocument)
  const { stock: _, ...document } = terms
  expect(decodeDocument(oldDocument)).toEqual(document)
})

test('a document has rules and zone, and fields of later versions are passed over', () => {
  const { stock: _, ...document } = terms
  const more = { eligibility: [{ claim: 'tier', anyOf: ['gold'] }], timeZone: 'Asia/Seoul' }
  const written = encodeDocument({ ...terms, ...more })
  expect(decodeDocument(written)).toEqual({ ...document, ...more })
  expect(decodeDocument(written.replace('{', '{"later":{"a":[1]},'))).toEqual({ ...document, ...more })
})
