/** A string, with the colon behind it where it is a name; or a bracket. */
const tokenPattern = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g

/**
 * A name that occurs twice in one object of a JSON text, or undefined. JSON.parse takes the last of two
 * values without a word, and a proxy in front may take the first. `text` has to be valid JSON.
 */
export const findRepeatedName = (text: string): string | undefined => {
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(tokenPattern)) {
    // A list gets a set too: it has no names.
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string
      const names = open.at(-1)
      if (names?.has(name) === true) return name
      names?.add(name)
    }
  }
  return undefined
}
