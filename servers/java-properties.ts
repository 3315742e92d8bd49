const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

// A value begins at its first sign that is no blank, and a backslash begins an escape.
const escapeValue = (value: string): string =>
  value
    .replace(/\\/g, '\\\\')
    .replace(/^ /, '\\ ')
    // Each half of a surrogate pair by itself, as Java reads them.
    .replace(/[^\x20-\x7e]/g, escapeUnit)

/** The text of a properties file. Java reads its bytes as Latin-1, so all signs beyond ASCII are escaped. */
export const javaProperties = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${escapeValue(value)}\n`)
    .join('')
