import { describe, expect, test } from 'vitest'
import { remove, replaceWith } from './changes.ts'
import { changeMarkedBlock, markersIn } from './marked-block.ts'

const typescript = `const issue = async () => {
  // Why this is so.
  // safeguard: the bound
  // safeguard: the bound of another
  if (held >= max) {
    refuse()

    return
  } else {
    enter()
  }
  // safeguard: the call
  gate.decide(
    campaignId,
  )
  if (held === undefined) enter()
  // safeguard: the last branch
  else leave()
}
`
const lua = `for index = 1, 2 do
  -- safeguard: the first branch
  if won then
    answer(won)
  -- safeguard: the last branch
  else
    answer('SAME')
  end
  -- safeguard: the loop
  for at = 1, 2 do
    answer(at)
  end
end
`

test('markers are comment lines of their own, stacked or not', () => {
  expect(markersIn(typescript)).toEqual(['the bound', 'the bound of another', 'the call', 'the last branch'])
  expect(markersIn(lua)).toEqual(['the first branch', 'the last branch', 'the loop'])
  expect(markersIn('work() // safeguard: none\n')).toEqual([])
})

describe('the block of a marker', () => {
  test.each([
    ['a statement with its else', typescript, 'the bound', /^ {2}if \(held >= max[^]*? {2}\}\n(?= {2}\/\/)/m],
    [
      'a statement below two markers',
      typescript,
      'the bound of another',
      /^ {2}if \(held >= max[^]*? {2}\}\n(?= {2}\/\/)/m,
    ],
    ['a call over several lines', typescript, 'the call', /^ {2}gate[^]*?\n {2}\)\n/m],
    ['one branch', typescript, 'the last branch', /^ {2}else .*\n/m],
    ['an if in Lua without its else', lua, 'the first branch', /^ {2}if won.*\n.*\n/m],
    ['one branch in Lua without the end', lua, 'the last branch', /^ {2}else\n.*\n/m],
    ['a loop in Lua with its end', lua, 'the loop', /^ {2}for at.*\n.*\n {2}end\n/m],
  ])('is %s', (_, source, marker, block) => {
    expect(block.test(source)).toBe(true)
    expect(changeMarkedBlock(source, marker, remove)).toBe(source.replace(block, ''))
  })

  test('is replaced by a text that gets its indentation', () => {
    const change = replaceWith(`
      for (const id of ids)
        await decide(id)
    `)
    const expected = '  for (const id of ids)\n    await decide(id)\n'
    expect(changeMarkedBlock('{\n  // safeguard: it\n  decide()\n}\n', 'it', change)).toBe(
      `{\n  // safeguard: it\n${expected}}\n`,
    )
  })

  test.each([
    ['a misspelt marker', 'the bond', remove, 'the marker occurs 0 times: the bond'],
    ['a marker that occurs twice', 'twice', remove, 'the marker occurs 2 times: twice'],
    ['an edit that changes nothing', 'the same', replaceWith('work()'), 'the edit changes nothing: the same'],
    ['a marker without a statement', 'nothing', remove, 'no statement follows the marker'],
  ])('is refused for %s', (_, marker, change, message) => {
    const source =
      '// safeguard: the bound\n// safeguard: twice\n// safeguard: twice\n// safeguard: the same\nwork()\n// safeguard: nothing\n'
    expect(() => changeMarkedBlock(source, marker, change)).toThrow(message)
  })
})
