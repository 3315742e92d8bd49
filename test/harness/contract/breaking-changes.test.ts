import { expect, test } from 'vitest'
import { findBreakingChanges } from './breaking-changes.ts'

const base = {
  paths: {
    '/things/{id}': {
      post: {
        operationId: 'makeThing',
        security: [{ operator: [] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 9 } },
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 9 } },
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/New' } } },
        },
        responses: {
          '201': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          '409': { content: { 'application/problem+json': { schema: { enum: ['full'] } } } },
        },
      },
    },
  },
  components: {
    schemas: {
      New: {
        type: 'object',
        properties: { name: { type: 'string', minLength: 1 }, kind: { enum: ['a', 'b'] } },
        required: ['name'],
      },
      Thing: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          state: { enum: ['open'] },
          parts: { type: 'array', items: { type: 'object', properties: { no: { type: 'integer' } } } },
        },
        required: ['id'],
      },
    },
  },
}

/** The document with the first of these texts replaced by the second. */
const changed = (from: string, to: string): unknown => {
  const text = JSON.stringify(base)
  expect(text).toContain(from)
  return JSON.parse(text.replace(from, to))
}

test('a document breaks nothing of itself', () => {
  expect(findBreakingChanges(base, base)).toEqual([])
})

test.each([
  ['a path that is gone', '"/things/{id}"', '"/items/{id}"', 'POST /things/{id} is gone'],
  ['a method that is gone', '"post"', '"put"', 'POST /things/{id} is gone'],
  ['another name', '"makeThing"', '"createThing"', 'POST /things/{id}: operationId has changed'],
  ['another caller', '"operator"', '"shopper"', 'POST /things/{id}: security has changed'],
  ['a parameter that is gone', '"limit"', '"size"', 'POST /things/{id}: "query" "limit" is gone'],
  ['a required parameter', '"required":false', '"required":true', '"query" "limit" has become required'],
  ['a parameter of less', '"maximum":9', '"maximum":8', 'maximum was 9 and is 8'],
  ['a shorter parameter', '"maxLength":9', '"maxLength":8', 'maxLength was 9 and is 8'],
  ['a body of another type', '"application/json"', '"text/plain"', 'body: application/json is gone'],
  ['a longer text in a body', '"minLength":1', '"minLength":2', 'body.name: minLength was 1 and is 2'],
  ['a field of a body that is gone', '"kind":', '"sort":', 'body.kind is gone'],
  ['a value of a body that is gone', '["a","b"]', '["a"]', 'body.kind: "b" is no longer accepted'],
  ['a required field of a body', '["name"]', '["name","kind"]', 'body: "kind" has become required'],
  ['a success that is gone', '"201"', '"200"', 'POST /things/{id}: 201 is gone'],
  ['a field of an answer that is gone', '"state":', '"phase":', '201.state is gone'],
  ['a field of an item that is gone', '"no":', '"number":', '201.parts[].no is gone'],
  [
    'a field of another type',
    '"type":"integer"}}}',
    '"type":"string"}}}',
    'type was "integer" and is "string"',
  ],
  ['a field that can be missing', '["id"]', '[]', '201: "id" has become optional'],
])('%s is found', (_, from, to, words) => {
  const found = findBreakingChanges(base, changed(from, to))
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(words)
})

test.each([
  ['a new field in an answer', '"state":', '"more":{"type":"string"},"state":'],
  ['a new state in an answer', '["open"]', '["open","closed"]'],
  ['a new code of a problem', '["full"]', '["full","closed"]'],
  ['a problem that no longer occurs', '"409"', '"410"'],
  ['a new optional field of a body', '"kind":', '"more":{"type":"string"},"kind":'],
  ['a required field of a body that may be left out', '["name"]', '[]'],
  ['a wider parameter', '"maximum":9', '"maximum":10'],
  ['a field that is always there now', '["id"]', '["id","state"]'],
])('%s breaks nothing', (_, from, to) => {
  expect(findBreakingChanges(base, changed(from, to))).toEqual([])
})
