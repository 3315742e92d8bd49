import { expect, test } from 'vitest'
import { createOpenApiDocument } from '../api/openapi/openapi-document.ts'
import { describedRoutes } from '../test/harness/contract/described-routes.ts'
import { typesOfDocument } from '../test/harness/contract/typescript-types.ts'

test('the types of the client are those of the contract: npm run openapi writes them', async () => {
  const types = typesOfDocument(
    createOpenApiDocument(describedRoutes) as unknown as Parameters<typeof typesOfDocument>[0],
  )
  await expect(types).toMatchFileSnapshot('contract-types.ts')
})
