import type { AnswerHeader, OperationAnswer } from '../contract/operation.ts'
import { problemShape } from '../contract/problem-shape.ts'
import { type ProblemCode, problemKinds } from '../problem.ts'
import { explanations } from '../routes/problem-pages.ts'
import { type JsonObject, schemaReference } from './openapi-schemas.ts'

const headers: Record<AnswerHeader | 'WWW-Authenticate', JsonObject> = {
  ETag: {
    description: 'The version of a campaign, for If-Match; or the tag of a list, for If-None-Match.',
    schema: { type: 'string' },
  },
  Location: { description: 'The path of what was made.', schema: { type: 'string' } },
  'Retry-After': {
    description: 'Seconds until another try can succeed.',
    schema: { type: 'integer', minimum: 1, maximum: 315_360_000 },
  },
  'WWW-Authenticate': { description: 'RFC 6750, section 3.', schema: { type: 'string' } },
}

/** `components/headers`. */
export const componentHeaders = (): JsonObject => headers

const headerReferences = (names: readonly string[]): JsonObject =>
  names.length === 0
    ? {}
    : {
        headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
      }

const kindsOf = Object.entries(problemKinds) as [ProblemCode, (typeof problemKinds)[ProblemCode]][]

const firstSentence = (text: string): string => /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text

/** A problem document for each code: `components/examples`. */
export const componentExamples = (): JsonObject =>
  Object.fromEntries(
    kindsOf.map(([code, { status, title }]) => {
      const detail = firstSentence(explanations[code].en)
      const fields =
        code === 'invalid' ? { errors: [{ pointer: '/name', message: 'expected more than spaces' }] } : {}
      const value = { type: `/problems/${code}`, title, status, detail, code, ...fields }
      return [code, { summary: title, value }]
    }),
  )

/** Headers that a problem has beside those of its kind. */
const headersOfProblem: Partial<Record<ProblemCode, readonly AnswerHeader[]>> = {
  version: ['ETag'],
  'not-open': ['Retry-After'],
}

const problemContent = (codes: readonly ProblemCode[]): JsonObject => ({
  'application/problem+json': {
    schema: {
      allOf: [schemaReference(problemShape)],
      type: 'object',
      properties: { code: { type: 'string', enum: codes } },
    },
    examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
  },
})

const problemHeaderNames = (codes: readonly ProblemCode[]): string[] => {
  const kinds = codes.map((code) => problemKinds[code])
  return [
    ...kinds.flatMap((kind) => Object.keys(kind.headers ?? {})),
    ...(kinds.some(({ retryable }) => retryable) ? ['Retry-After'] : []),
    ...codes.flatMap((code) => headersOfProblem[code] ?? []),
  ]
}

const problemDescription = (codes: readonly ProblemCode[]): string =>
  codes.map((code) => `\`${code}\`: ${firstSentence(explanations[code].en)}`).join(' ')

const problemResponse = (codes: readonly ProblemCode[]): JsonObject => ({
  description: problemDescription(codes),
  ...headerReferences(problemHeaderNames(codes)),
  content: problemContent(codes),
})

/** An answer with one possible code is shared by all operations: `components/responses`. */
export const componentResponses = (): JsonObject =>
  Object.fromEntries(kindsOf.map(([code]) => [code, problemResponse([code])]))

/** An event of a stream, in whose `data` the schema is as JSON. */
const eventOf = (schema: JsonObject): JsonObject => ({
  type: 'object',
  required: ['data'],
  properties: {
    id: { type: 'string' },
    event: { type: 'string' },
    retry: { type: 'integer', minimum: 0, maximum: 60_000 },
    data: { type: 'string', contentMediaType: 'application/json', contentSchema: schema },
  },
})

const answerContent = ({ schema, mediaType, alsoAs }: OperationAnswer): JsonObject =>
  schema === undefined
    ? mediaType === undefined
      ? {}
      : {
          content: {
            [mediaType]: { schema: { type: mediaType === 'application/json' ? 'object' : 'string' } },
          },
        }
    : {
        content: {
          [mediaType ?? 'application/json']: {
            schema:
              mediaType === 'text/event-stream' ? eventOf(schemaReference(schema)) : schemaReference(schema),
          },
          ...(alsoAs === undefined ? {} : { [alsoAs]: { schema: { type: 'string' } } }),
        },
      }

/** What an operation answers with one status: an answer, problems, or either. */
export const responseOf = (
  answer: OperationAnswer | undefined,
  codes: readonly ProblemCode[],
): JsonObject => {
  if (answer === undefined)
    return codes.length === 1 ? { $ref: `#/components/responses/${codes[0]}` } : problemResponse(codes)
  const { description, headers: names = [] } = answer
  const content = answerContent(answer)
  if (codes.length === 0) return { description, ...headerReferences(names), ...content }
  return {
    description: `${description} ${problemDescription(codes)}`,
    ...headerReferences([...names, ...problemHeaderNames(codes)]),
    content: { ...(content['content'] as JsonObject | undefined), ...problemContent(codes) },
  }
}
