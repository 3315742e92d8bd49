import { expect, test } from 'vitest'
import { type WhichSystem, whichSystem } from './which-system.ts'

const kept = { API_URL: 'http://127.0.0.1:8080', JWT_SECRET: 'kept' }
const choose = (changes: Partial<WhichSystem>) =>
  whichSystem({ url: undefined, environment: {}, kept: {}, isReady: async () => true, ...changes })

test('a system that is named is measured, whether or not it or another one answers', async () => {
  const isReady = async () => false
  const environment = { API_URL: 'http://10.0.0.1:80' }
  expect(await choose({ environment, kept, isReady })).toEqual({
    kind: 'given',
    environment: { API_URL: 'http://10.0.0.1:80', JWT_SECRET: 'kept' },
  })
  expect(await choose({ url: 'http://10.0.0.1:80', kept, isReady })).toMatchObject({ kind: 'given' })
})

test('without a name the system that npm start runs here is measured', async () => {
  expect(await choose({ kept })).toEqual({ kind: 'running', environment: kept })
})

test('where npm start was stopped the benchmark has a system of its own, without the addresses of the other', async () => {
  const environment = { PATH: '/bin' }
  expect(await choose({ environment, kept, isReady: async () => false })).toEqual({
    kind: 'own',
    environment,
  })
})

test('in a fresh clone the benchmark has a system of its own, even beside an API of somebody else', async () => {
  expect(await choose({ environment: { API_URL: '' } })).toMatchObject({ kind: 'own' })
})
