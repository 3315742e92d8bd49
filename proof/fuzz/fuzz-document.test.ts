import { expect, test } from 'vitest'
import { fuzzDocument } from './fuzz-document.ts'

const openApi = {
  openapi: '3.1.0',
  paths: {
    '/things/{thingId}': {
      get: {
        parameters: [
          { name: 'thingId', in: 'path', schema: { type: 'string', pattern: '^x$' } },
          { name: 'thingId', in: 'query', schema: { type: 'string' } },
        ],
      },
      delete: {},
    },
  },
  components: {
    headers: {},
    schemas: {
      Thing: { type: 'object', properties: { parts: { items: { type: 'object', properties: {} } } } },
      Open: { type: 'object', additionalProperties: { type: 'string' } },
    },
  },
}

test('objects with fields are closed, at every depth, and maps stay open', () => {
  const { components } = fuzzDocument(openApi, {})
  expect(components).toEqual({
    headers: {},
    schemas: {
      Thing: {
        type: 'object',
        additionalProperties: false,
        properties: { parts: { items: { type: 'object', properties: {}, additionalProperties: false } } },
      },
      Open: { type: 'object', additionalProperties: { type: 'string' } },
    },
  })
})

test('names in paths are those that exist, and nothing else is changed', () => {
  const { paths } = fuzzDocument(openApi, { thingId: ['a', 'b'] })
  const [inPath, inQuery] = openApi.paths['/things/{thingId}'].get.parameters
  expect(paths).toEqual({
    '/things/{thingId}': {
      get: { parameters: [{ ...inPath, schema: { type: 'string', enum: ['a', 'b'] } }, inQuery] },
      delete: {},
    },
  })
})
