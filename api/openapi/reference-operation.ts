import { problemKinds } from '../problem.ts'
import { exampleValue } from './example-value.ts'
import { isCommonProblem } from './implied-problems.ts'
import type { JsonObject } from './openapi-schemas.ts'
import { fieldHtml, kindHtml } from './reference-schemas.ts'
import { escapeHtml, inlineHtml, paragraphsHtml, textIn } from './reference-text.ts'

/** An operation of the document, and where it stands. */
export type ReferenceOperation = { method: string; path: string; operation: JsonObject }

type Components = Record<string, Record<string, JsonObject>>
type Content = Record<string, { schema: JsonObject; examples?: JsonObject }>
type ShownResponse = { status: string; description: string; headers: string[]; content: Content }

const problemType = 'application/problem+json'

const responsesIn = (operation: JsonObject, components: Components): ShownResponse[] =>
  Object.entries(operation['responses'] as Record<string, JsonObject>).map(([status, given]) => {
    const { $ref } = given
    const response =
      $ref === undefined ? given : (components['responses']?.[textIn($ref).split('/').at(-1) ?? ''] ?? {})
    return {
      status,
      description: textIn(response['description']),
      headers: Object.keys(response['headers'] ?? {}),
      content: (response['content'] ?? {}) as Content,
    }
  })

const codesOf = ({ content }: ShownResponse): string[] => Object.keys(content[problemType]?.examples ?? {})

const codeLink = (code: string): string => `<a href="/problems/${code}"><code>${code}</code></a>`

const problemHtml = (code: string, components: Components): string => {
  const value = components['examples']?.[code]?.['value'] as { detail?: string } | undefined
  return `<p>${codeLink(code)} ${inlineHtml(value?.detail ?? '')}</p>`
}

const answerRow = (status: string, html: string): string =>
  `<div class="answer"><span class="status ${Number(status) < 400 ? 'good' : 'bad'}">${status}</span><div>${html}</div></div>`

/** The shape of an answer, or its type; of a stream of events both. */
const contentHtml = (type: string, schema: JsonObject): string => {
  if (schema['$ref'] !== undefined) return kindHtml(schema)
  const { data } = (schema['properties'] ?? {}) as { data?: { contentSchema: JsonObject } }
  return `<code>${type}</code>${data === undefined ? '' : ` of ${kindHtml(data.contentSchema)}`}`
}

const answerHtml = (response: ShownResponse, components: Components): string => {
  const { status, description, headers, content } = response
  const kinds = Object.entries(content)
    .filter(([type]) => type !== problemType)
    .map(([type, { schema }]) => contentHtml(type, schema))
  const codes = codesOf(response).filter((code) => !isCommonProblem(code))
  const answer = [...kinds, ...headers.map((name) => `<code>${name}</code>`)].join(', ')
  const html =
    (kinds.length > 0 || codesOf(response).length === 0
      ? `<p>${inlineHtml(description.split(' `')[0] ?? '')} <span class="soft">${answer}</span></p>`
      : '') + codes.map((code) => problemHtml(code, components)).join('')
  return html === '' ? '' : answerRow(status, html)
}

const commonHtml = (responses: readonly ShownResponse[]): string => {
  const codes = responses.flatMap(codesOf).filter(isCommonProblem)
  const texts = codes.map(
    (code) => `${codeLink(code)} ${problemKinds[code as keyof typeof problemKinds].status}`,
  )
  return `<details><summary>Refusals that every request can meet</summary><p>${texts.join(', ')}</p></details>`
}

const curlHtml = ({ method, path, operation }: ReferenceOperation, body: unknown): string => {
  const lines = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$FIRSTCOME${path}"`,
    ...((operation['security'] as JsonObject[]).length === 0 ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...((operation['parameters'] ?? []) as JsonObject[])
      .filter((parameter) => parameter['in'] === 'header')
      .map(
        (parameter) =>
          `-H '${textIn(parameter['name'])}: ${textIn(exampleValue(parameter['schema'] as JsonObject, {}))}'`,
      ),
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body, null, 2)}'`]),
  ]
  return `<pre tabindex="0"><code>${escapeHtml(lines.join(' \\\n  '))}</code></pre>`
}

const exampleHtml = (
  shown: ReferenceOperation,
  responses: readonly ShownResponse[],
  components: Components,
) => {
  const schemas = components['schemas'] ?? {}
  const body = (shown.operation['requestBody'] as { content: Content } | undefined)?.content[
    'application/json'
  ]
  const request = curlHtml(shown, body === undefined ? undefined : exampleValue(body.schema, schemas))
  const first = responses.find(({ content }) => content['application/json'] !== undefined)
  const answer = first?.content['application/json']?.schema
  if (answer?.['$ref'] === undefined) return request
  const value = JSON.stringify(exampleValue(answer, schemas), null, 2)
  return `${request}<p class="soft">Answer ${first?.status}</p><pre tabindex="0"><code>${escapeHtml(value)}</code></pre>`
}

/** One operation of the reference page. Its anchor is its id. */
export const operationHtml = (shown: ReferenceOperation, components: Components): string => {
  const { method, path, operation } = shown
  const id = textIn(operation['operationId'])
  const parameters = (operation['parameters'] ?? []) as JsonObject[]
  const body = (operation['requestBody'] as { content: Content } | undefined)?.content['application/json']
  const responses = responsesIn(operation, components)
  return `<article id="${id}">
<h3><a href="#${id}">${inlineHtml(textIn(operation['summary']))}</a></h3>
<p class="address"><span class="method ${method}">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code></p>
${operation['description'] === undefined ? '' : paragraphsHtml(textIn(operation['description']))}
${parameters.length === 0 ? '' : '<h4>Parameters</h4>'}
${parameters
  .map(({ name, in: place, required, schema, description }) =>
    fieldHtml(
      `${place === 'header' ? '' : place === 'query' ? '?' : ''}${textIn(name)}`,
      { ...(schema as JsonObject), description },
      required === true ? 'required' : '',
    ),
  )
  .join('\n')}
${body === undefined ? '' : `<h4>Body</h4><p>${kindHtml(body.schema)}</p>`}
<h4>Answers</h4>
<div>${responses.map((response) => answerHtml(response, components)).join('\n')}</div>
${commonHtml(responses)}
<details><summary>Example</summary>${exampleHtml(shown, responses, components)}</details>
</article>`
}
