import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readSettings } from '../../platform/settings.ts'
import { createDesignListener, type DesignAnswers } from './design-server.ts'
import { designDatabase, designKafka, designRedis, designSettings } from './design-settings.ts'
import type { DesignSale } from './design-store.ts'
import { createNaiveMysql } from './naive-mysql.ts'
import { consumeCoupons, createSendAndForget } from './send-and-forget.ts'

// Runs the part that DESIGN_PART names. It says its port on standard output, or 0 when it serves nothing.
const settings = readSettings(designSettings, process.env)
const { DESIGN_PART: part, DESIGN_SALE = '{}' } = process.env
const sale = JSON.parse(DESIGN_SALE) as DesignSale

const serve = async (decide: DesignAnswers): Promise<number> => {
  const server = createServer({ keepAliveTimeout: 75_000 }, createDesignListener(decide, settings.JWT_SECRET))
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
const openRedis = async () => {
  const redis = designRedis(settings)
  await redis.waitForConnection(5_000)
  return redis
}
const parts: Record<string, () => Promise<number>> = {
  'naive-mysql': () => serve(createNaiveMysql(designDatabase(settings))),
  'send-and-forget': async () =>
    serve(await createSendAndForget(await openRedis(), designKafka(settings), sale)),
  consumer: async () => {
    await consumeCoupons(designKafka(settings), designDatabase(settings), sale)
    return 0
  },
}
const port = await parts[part ?? '']?.()
process.stdout.write(`${port}\n`)
// Exits with the process that started it.
process.stdin.on('end', () => process.exit(0)).resume()
