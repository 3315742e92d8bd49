import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { environmentExample, settingsDocument } from './settings-reference.ts'

describe('the documents of settings are made from the schemas', () => {
  test('docs/settings.md', async () => {
    await expect(settingsDocument()).toMatchFileSnapshot('../../docs/settings.md')
  })

  test('.env.example', async () => {
    await expect(environmentExample()).toMatchFileSnapshot('../../.env.example')
  })

  test('every variable of one stands in the other', () => {
    const names = Object.keys(parseEnv(environmentExample()))
    expect(names.length).toBeGreaterThan(40)
    expect(names.filter((name) => !settingsDocument().includes(`| \`${name}\` |`))).toEqual([])
  })
})
