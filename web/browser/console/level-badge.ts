import { serverTexts } from '../../texts/server-texts.ts'
import { element } from './elements.ts'
import { tell } from './words.ts'

/** A level as a word with a mark: no level is shown by colour alone. */
export const levelBadge = (level: keyof typeof serverTexts.level): HTMLElement =>
  element('span', { class: 'badge', 'data-level': level }, tell(serverTexts.level[level]))
