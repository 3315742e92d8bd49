import { expect, test } from 'vitest'
import type { Examination, Finding, FindingLevel } from '../../coupon/requirements/finding.ts'
import { serverListShape, toServerListJson } from './servers-shape.ts'

const finding = (level: FindingLevel, name = 'a requirement', found = 'something'): Finding => ({
  ...{ place: 'Redis', name, level, found, expected: 'another thing', fix: 'change it', why: 'a promise' },
})
const listOf = (changes: Partial<Examination>) => {
  const examination: Examination = { place: 'Redis', address: 'redis://here', isRead: true, findings: [] }
  return toServerListJson({ examinations: [{ ...examination, ...changes }], atMs: 1_000 }, 4_000)
}

test.each([
  ['ok', ['ok', 'ok']],
  ['ok', []],
  ['warning', ['ok', 'warning']],
  // What a server does not tell may be wrong.
  ['warning', ['ok', 'unknown']],
  ['failed', ['warning', 'failed', 'ok']],
] as const)('a server is %s when its findings are %j', (level, levels) => {
  expect(listOf({ findings: levels.map((own) => finding(own)) }).servers[0]).toMatchObject({ level })
})

test('a server that did not answer is unread, and its version is not known', () => {
  const list = listOf({ isRead: false, findings: [finding('failed', 'reachable', 'no answer')] })
  expect(list.servers).toMatchObject([{ level: 'unread', version: null, findings: [{ found: 'no answer' }] }])
})

test.each([
  ['8.0.6', finding('ok', 'version', '8.0.6')],
  ['6.2', finding('failed', 'version', '6.2')],
  [null, finding('unknown', 'version', 'NOPERM no permission')],
  [null, finding('ok')],
])('the version is %j where the examination found it so', (version, own) => {
  expect(listOf({ findings: [own] }).servers[0]?.version).toBe(version)
})

test('the worst finding comes first, and the answer is what its schema says', () => {
  const list = listOf({
    findings: [finding('ok'), finding('warning'), finding('failed'), finding('unknown')],
  })
  expect(list.servers[0]?.findings.map(({ level }) => level)).toEqual(['failed', 'warning', 'unknown', 'ok'])
  expect(serverListShape.parse(list)).toEqual(list)
  expect(list).toMatchObject({ examinedAt: '1970-01-01T00:00:01.000Z', ageMs: 3_000 })
})
