import {
  ApiError,
  createOperatorClient,
  type OperatorClient,
  type OperatorIdentity,
} from '../../../client/operator-client.ts'
import { language } from './words.ts'

/** An operator at this page. */
export type Session = {
  token: string
  name: string
  /** A viewer reads and changes nothing. */
  mayChange: boolean
  /** What a rehearsal may do; null where there are none. */
  rehearsals: OperatorIdentity['rehearsals']
  client: OperatorClient
}

const key = 'firstcome:operator-token'

/** The token of this tab, which ends with the tab. */
export const keptOperatorToken = (): string | undefined => sessionStorage.getItem(key) ?? undefined

export const forgetOperatorToken = (): void => sessionStorage.removeItem(key)

/** Answers in the language of the page, which need not be that of the browser. */
const inLanguage: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers)
  headers.set('accept-language', language)
  return fetch(input, { ...init, headers })
}

/** Keeps the token when the API knows it. Undefined when it is not a token that may read. */
export const openSession = async (token: string): Promise<Session | undefined> => {
  const client = createOperatorClient({ url: location.origin, token, fetch: inLanguage })
  try {
    const { name, roles, rehearsals } = await client.whoAmI()
    sessionStorage.setItem(key, token)
    return { token, name, mayChange: roles.includes('operator'), rehearsals, client }
  } catch (cause) {
    if (cause instanceof ApiError && (cause.code === 'unauthorized' || cause.code === 'forbidden'))
      return undefined
    throw cause
  }
}
