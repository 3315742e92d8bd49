// Runs outside of the repository, beside a copy of docs/openapi.json: it may import nothing but Node.
import { readFileSync } from 'node:fs'

type Schema = { $ref?: string; required?: string[] }
type Operation = {
  operationId: string
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required: boolean }[]
  requestBody?: object
  security?: Record<string, unknown>[]
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Schema }> }>
}
type OpenApi = {
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, Schema & Operation['responses'][string]>>
}

/** What is sent with a call: its parameters by their names, whichever place they have. */
type Call = { parameters?: Record<string, string | number>; json?: object; shopper?: string; accept?: string }
export type DocumentAnswer = { status: number; headers: Headers; body: Record<string, unknown> }

export type DocumentCaller = {
  has(operationId: string): boolean
  /** Throws when the document does not say how, or when the answer is not one that it describes. */
  call(operationId: string, given?: Call): Promise<DocumentAnswer>
}

/**
 * Calls operations by their ids, with paths, places of parameters and credentials from the document alone.
 * Each call goes to another one of `urls`.
 */
export const createDocumentCaller = (
  file: string,
  urls: readonly string[],
  operator: string,
): DocumentCaller => {
  const openApi = JSON.parse(readFileSync(file, 'utf8')) as OpenApi
  const found = new Map(
    Object.entries(openApi.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [operation.operationId, { method, path, operation }] as const,
      ),
    ),
  )
  const resolve = <Part extends { $ref?: string }>(part: Part): Part => {
    const [, , kind = '', name = ''] = part.$ref?.split('/') ?? []
    return part.$ref === undefined ? part : (openApi.components[kind]?.[name] as unknown as Part)
  }
  let calls = 0

  const requestOf = (operationId: string, { parameters = {}, json, shopper, accept }: Call) => {
    const { method, path, operation } = found.get(operationId) ?? { method: '', path: '' }
    if (operation === undefined) throw new Error(`the document has no ${operationId}`)
    if ((operation.requestBody === undefined) !== (json === undefined))
      throw new Error(`${operationId}: the document disagrees about a body`)
    const described = operation.parameters ?? []
    const missing = described.filter(({ name, required }) => required && parameters[name] === undefined)
    const unknown = Object.keys(parameters).filter((name) => !described.some((one) => one.name === name))
    if (missing.length + unknown.length > 0)
      throw new Error(`${operationId}: parameters ${JSON.stringify({ missing, unknown })}`)
    const of = (place: string) =>
      described
        .filter((one) => one.in === place && parameters[one.name] !== undefined)
        .map(({ name }) => [name, String(parameters[name])] as const)
    const headers = new Headers(of('header').map(([name, value]) => [name, value]))
    const callers = (operation.security ?? []).flatMap((one) => Object.keys(one))
    const token = callers.includes('shopper') && shopper !== undefined ? shopper : operator
    if (callers.length > 0) headers.set('authorization', `Bearer ${token}`)
    if (accept !== undefined) headers.set('accept', accept)
    if (json !== undefined) headers.set('content-type', 'application/json')
    const inPath = new Map(of('path'))
    const target = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(inPath.get(name) ?? ''))
    const query = new URLSearchParams(of('query').map(([name, value]) => [name, value]))
    const init = {
      method: method.toUpperCase(),
      headers,
      body: json === undefined ? null : JSON.stringify(json),
    }
    return { operation, target: query.size > 0 ? `${target}?${query.toString()}` : target, init }
  }

  return {
    has: (operationId) => found.has(operationId),
    async call(operationId, given = {}) {
      const { operation, target, init } = requestOf(operationId, given)
      const response = await fetch(`${urls[calls++ % urls.length]}${target}`, init)
      const described = resolve(operation.responses[response.status] ?? { $ref: '' })
      if (described === undefined) throw new Error(`${operationId}: ${response.status} is not described`)
      const text = await response.text()
      const mediaType = response.headers.get('content-type')?.split(';')[0] ?? ''
      const content = described.content?.[mediaType]
      if (content === undefined && text !== '')
        throw new Error(`${operationId}: ${response.status} with ${mediaType} is not described`)
      const body = mediaType.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : { text }
      const lacking = (resolve(content?.schema ?? {}).required ?? []).filter(
        (name) => !Object.hasOwn(body, name),
      )
      if (lacking.length > 0) throw new Error(`${operationId}: the answer has no ${lacking.join(', ')}`)
      return { status: response.status, headers: response.headers, body }
    },
  }
}
