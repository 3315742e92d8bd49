import { html } from 'hono/html'
import type { PageHtml } from '../../web/pages/frame.ts'
import type { JsonObject } from './openapi-schemas.ts'
import { inlineHtml, joined, textIn } from './reference-text.ts'

const nameIn = (reference: unknown): string => textIn(reference).split('/').at(-1) ?? ''

const numberText = (value: unknown): string => Number(value).toLocaleString('en-US')

/** `from 1 to 10`, `at most 200 characters`; empty without bounds that mean anything. */
const rangeText = (least: unknown, most: unknown, unit: string): string => {
  const from = least === undefined || (least === 0 && unit !== '') ? undefined : numberText(least)
  const to = most === undefined || most === Number.MAX_SAFE_INTEGER ? undefined : numberText(most)
  if (from !== undefined && to !== undefined) return `, ${from} to ${to}${unit}`
  if (to !== undefined) return `, at most ${to}${unit}`
  return from === undefined ? '' : `, at least ${from}${unit}`
}

/** The kind of a value in words, with links to the schemas that it names. */
export const kindHtml = (schema: JsonObject): PageHtml => {
  const { $ref, type, enum: values, const: constant, anyOf, oneOf, format, items } = schema
  if ($ref !== undefined) return html`<a href="#${nameIn($ref)}">${nameIn($ref)}</a>`
  if (constant !== undefined) return html`<code>${JSON.stringify(constant)}</code>`
  if (Array.isArray(values))
    return joined(
      values.map((value) => html`<code>${String(value)}</code>`),
      ' or ',
    )
  const choice = anyOf ?? oneOf
  if (Array.isArray(choice))
    return joined(
      choice.map((one: JsonObject) => kindHtml(one)),
      ' or ',
    )
  if (type === 'array')
    return html`list of ${kindHtml((items ?? {}) as JsonObject)}${rangeText(undefined, schema['maxItems'], '')}`
  if (type === 'integer') return html`integer${rangeText(schema['minimum'], schema['maximum'], '')}`
  if (type === 'string' && format === 'date-time') return html`time (RFC 3339)`
  if (type === 'string')
    return html`text${rangeText(schema['minLength'], schema['maxLength'], ' characters')}`
  return html`${textIn(type ?? 'anything')}`
}

/** A named value: a parameter, or a field of an object. Its fields, when it is an object, follow. */
export const fieldHtml = (name: string, schema: JsonObject, mark: 'required' | 'optional' | ''): PageHtml => {
  const { description, default: preset } = schema
  const notes = [
    ...(mark === '' ? [] : [html`<b>${mark}</b>`]),
    ...(preset === undefined ? [] : [html`<span>default <code>${JSON.stringify(preset)}</code></span>`]),
  ]
  return html`<div class="field">
<p><code class="name">${name}</code> <span class="kind">${kindHtml(schema)}</span> ${joined(notes, ' ')}</p>
${typeof description === 'string' ? html`<p>${inlineHtml(description)}</p>` : ''}
${fieldsHtml((schema['type'] === 'array' ? schema['items'] : schema) as JsonObject)}
</div>`
}

/** The fields of an object; of a choice of objects, those of each. */
export const fieldsHtml = (schema: JsonObject): PageHtml | '' => {
  const choices = (schema['oneOf'] ?? schema['anyOf']) as JsonObject[] | undefined
  const objects = choices?.filter((one) => one['properties'] !== undefined) ?? []
  if (objects.length > 0)
    return html`${objects.map((one, index) => html`${index === 0 ? '' : html`<p class="or">or</p>`}<div class="choice">${fieldsHtml(one)}</div>`)}`
  const properties = schema['properties'] as Record<string, JsonObject> | undefined
  if (properties === undefined) return ''
  const required = (schema['required'] ?? []) as string[]
  const fields = Object.entries(properties).map(([name, field]) =>
    fieldHtml(name, field, required.includes(name) ? '' : 'optional'),
  )
  return html`<div class="fields">${fields}</div>`
}
