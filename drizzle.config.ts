import { defineConfig } from 'drizzle-kit'

// `npx drizzle-kit generate` writes the next SQL file after a change of the tables.
export default defineConfig({ dialect: 'mysql', schema: './coupon/ledger/tables.ts', out: './migrations' })
