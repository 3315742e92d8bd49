/** Control and format characters, but not the tab and the end of a line. */
const unseen = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Text that anybody may have written, with what is not seen written out. A character that turns the
 * direction of writing could make it look like another text.
 */
export const visibleText = (text: string): string =>
  text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
