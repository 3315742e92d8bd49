import { expect, test } from 'vitest'
import { mavenArguments } from './kafka-jars.ts'

test('Maven keeps its copy in the home of the user, and beside the jars where there is none', () => {
  expect(mavenArguments('/shop/jars/one', true).join(' ')).not.toContain('maven.repo.local')
  expect(mavenArguments('/shop/jars/one', false)).toContain('-Dmaven.repo.local=/shop/jars/maven')
})
