import type { ProductVersion } from './versions/product-version.ts'

/** One line of the table. The address is left out while the server does not run. */
export type ServerRow = Partial<ProductVersion> & { product: string; address?: string; origin: string }

/** Aligned lines: product, address where there is one, version, and where the program comes from. */
export const serverTable = (rows: readonly ServerRow[]): string[] => {
  const cells = rows.map(({ product, version, address, origin }) => [
    product.padEnd(9),
    ...(address === undefined ? [] : [address]),
    version ?? 'version unknown',
    origin,
  ])
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  return cells.map((row) => {
    const [product = '', ...others] = row.map((cell, column) => cell.padEnd(widths[column] ?? 0))
    return `  ${product} ${others.join('  ')}`.trimEnd()
  })
}
