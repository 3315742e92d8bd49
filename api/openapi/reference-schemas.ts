import type { JsonObject } from './openapi-schemas.ts'
import { escapeHtml, inlineHtml, textIn } from './reference-text.ts'

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
export const kindHtml = (schema: JsonObject): string => {
  const { $ref, type, enum: values, const: constant, anyOf, oneOf, format, items } = schema
  if ($ref !== undefined) return `<a href="#${nameIn($ref)}">${escapeHtml(nameIn($ref))}</a>`
  if (constant !== undefined) return `<code>${escapeHtml(JSON.stringify(constant))}</code>`
  if (Array.isArray(values))
    return values.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(' or ')
  const choice = anyOf ?? oneOf
  if (Array.isArray(choice)) return choice.map((one: JsonObject) => kindHtml(one)).join(' or ')
  if (type === 'array')
    return `list of ${kindHtml((items ?? {}) as JsonObject)}${rangeText(undefined, schema['maxItems'], '')}`
  if (type === 'integer') return `integer${rangeText(schema['minimum'], schema['maximum'], '')}`
  if (type === 'string' && format === 'date-time') return 'time (RFC 3339)'
  if (type === 'string') return `text${rangeText(schema['minLength'], schema['maxLength'], ' characters')}`
  return escapeHtml(textIn(type ?? 'anything'))
}

/** A named value: a parameter, or a field of an object. Its fields, when it is an object, follow. */
export const fieldHtml = (name: string, schema: JsonObject, mark: 'required' | 'optional' | ''): string => {
  const { description, default: preset } = schema
  const notes = [
    mark === '' ? '' : `<b>${mark}</b>`,
    preset === undefined ? '' : `<span>default <code>${escapeHtml(JSON.stringify(preset))}</code></span>`,
  ]
  return `<div class="field">
<p><code class="name">${escapeHtml(name)}</code> <span class="kind">${kindHtml(schema)}</span> ${notes.join(' ')}</p>
${typeof description === 'string' ? `<p>${inlineHtml(description)}</p>` : ''}
${fieldsHtml((schema['type'] === 'array' ? schema['items'] : schema) as JsonObject)}
</div>`
}

/** The fields of an object; of a choice of objects, those of each. */
export const fieldsHtml = (schema: JsonObject): string => {
  const choices = (schema['oneOf'] ?? schema['anyOf']) as JsonObject[] | undefined
  const objects = choices?.filter((one) => one['properties'] !== undefined) ?? []
  if (objects.length > 0)
    return objects.map((one) => `<div class="choice">${fieldsHtml(one)}</div>`).join('<p class="or">or</p>')
  const properties = schema['properties'] as Record<string, JsonObject> | undefined
  if (properties === undefined) return ''
  const required = (schema['required'] ?? []) as string[]
  const fields = Object.entries(properties).map(([name, field]) =>
    fieldHtml(name, field, required.includes(name) ? '' : 'optional'),
  )
  return `<div class="fields">${fields.join('\n')}</div>`
}
