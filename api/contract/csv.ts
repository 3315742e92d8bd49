/** A field of a line: numbers are written as they are, null is empty. */
export type CsvField = string | number | null

/** What a spreadsheet takes for a formula, also in its wide forms, and what it strips before it looks. */
const formulaStart = /^\s*[=+\-@＝＋－＠\t\r]/u

const csvField = (field: CsvField): string => {
  if (field === null) return ''
  if (typeof field === 'number') return String(field)
  // safeguard: a text of a shopper is no formula in a spreadsheet
  const text = formulaStart.test(field) ? `'${field}` : field
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A line of CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe first. */
export const csvLine = (fields: readonly CsvField[]): string => `${fields.map(csvField).join(',')}\r\n`
