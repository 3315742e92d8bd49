import { expect, test } from 'vitest'
import { proseFaults, proseFaultsBelow, sentencesOf } from '../harness/prose.ts'
import { repositoryRoot } from '../harness/repository-files.ts'

const words = (count: number): string => Array.from({ length: count }, () => 'to').join(' ')
const wide = 'w'.repeat(50)

test('no line of prose is wider than 110 columns, and no sentence longer than 25 words', () => {
  expect(proseFaultsBelow(repositoryRoot)).toEqual([])
})

test.each([
  ['a line of a document', 'a.md', `${wide} ${wide} 9 columns`],
  ['a line comment', 'a.ts', `// ${wide} ${wide} columns`],
  ['a comment behind code', 'a.ts', `const a = 'b' // ${wide} ${wide}`],
  ['a line of a block comment', 'a.ts', `/**\n * ${wide} ${wide} column\n */`],
  ['a comment of a script', 'a.lua', `-- ${wide} ${wide} columns`],
  ['a comment of a workflow', '.github/workflows/a.yml', `# ${wide} ${wide} columns.`],
  ['a comment of a pom', 'pom.xml', `<!-- ${wide} ${wide} c -->`],
  ['a sentence of a document', 'a.md', `${words(26)}.`],
  ['a sentence over two lines', 'a.md', `${words(20)}\n${words(6)}.`],
  ['a sentence of a list', 'a.md', `- One. ${words(20)}\n  ${words(6)}.`],
  ['a sentence of line comments', 'a.ts', `// ${words(20)}\n  // ${words(6)}.`],
  ['a sentence of a block comment', 'a.ts', `/**\n * ${words(20)}\n * ${words(6)}.\n */`],
  ['a sentence of a script', 'a.lua', `-- ${words(20)}\n-- ${words(6)}.`],
])('%s is found', (_, file, source) => {
  expect(proseFaults(file, source)).toHaveLength(1)
})

test.each([
  ['a table', 'a.md', `| ${wide} | ${words(30)} |`],
  ['a code block', 'a.md', `\`\`\`sh\n${wide} ${words(30)}\n\`\`\``],
  ['a heading', 'a.md', `# ${words(26)}`],
  ['what a program keeps between marks', 'a.md', `<!-- a:begin -->\n${words(26)}\n<!-- a:end -->`],
  ['an address', 'a.md', `See https://example.org/${wide}${wide} for more.`],
  ['a word that cannot be broken', 'a.md', `- [${wide}](${wide}/${wide})`],
  ['inline code', 'a.md', `${words(24)} \`${words(9)}\`.`],
  ['items of a list', 'a.md', `- ${words(20)}\n- ${words(20)}`],
  ['two paragraphs', 'a.md', `${words(20)}\n\n${words(20)}`],
  ['two comments', 'a.ts', `// ${words(20)}\nconst a = 1\n// ${words(20)}`],
  ['a string with two slashes', 'a.ts', `const a = 'see // ${wide} ${wide}'`],
  ['code', 'a.ts', `const ${wide} = '${words(30)}'`],
  ['the contract of a script', 'a.lua', `-- KEYS  1 ${words(20)}\n-- ARGV  1 ${words(20)}`],
  ['a generated file', 'docs/safeguards.md', words(26)],
])('%s is no fault', (_, file, source) => {
  expect(proseFaults(file, source)).toEqual([])
})

test.each([
  ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
  [
    'It takes 2.5 s (e.g. on two cores, i.e. here). Then 3.',
    ['It takes 2.5 s (e.g. on two cores, i.e. here).', 'Then 3.'],
  ],
  ['The file `a.b. c` is in [the docs. Here](a.md). So.', ['The file code is in the docs.', 'Here.', 'So.']],
  ['**Bold.** Then (all of it.) "Quoted." End', ['Bold.', 'Then (all of it.)', '"Quoted."', 'End']],
])('%s has its sentences', (paragraph, sentences) => {
  expect(sentencesOf(paragraph)).toEqual(sentences)
})
