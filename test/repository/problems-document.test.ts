import { expect, test } from 'vitest'
import { type ProblemCode, problemKinds } from '../../api/problem.ts'
import { explanations } from '../../api/routes/problem-pages.ts'

const codes = Object.keys(problemKinds) as ProblemCode[]

const sectionOf = (code: ProblemCode): string => {
  const { status, title } = problemKinds[code]
  const { en, ko } = explanations[code]
  return `## ${code}\n\n${status} ${title}. ${en}\n\n${ko}\n`
}

const problemsDocument = (): string =>
  [
    '# Problems\n',
    'What each `code` of a [problem](api.md#problems) means. The API serves these texts under `/problems/{code}`.\n',
    '<!-- problems:begin -->\n',
    ...codes.toSorted().map(sectionOf),
    '<!-- problems:end -->\n',
  ].join('\n')

test('docs/problems.md has the texts of the problem pages: npm run openapi writes it', async () => {
  await expect(problemsDocument()).toMatchFileSnapshot('../../docs/problems.md')
})
