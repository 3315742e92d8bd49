import { type OwnApi, startOwnApi } from './own-api.ts'

/**
 * Starts an API process that is full as soon as one press waits. A running API with the default bound would
 * need 20,000 connections to be full.
 */
export const startFullApi = (environment: NodeJS.ProcessEnv): Promise<OwnApi> =>
  startOwnApi(environment, { ISSUE_QUEUE_MAX: '1' })
