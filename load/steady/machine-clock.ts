/** A clock in fractional milliseconds that all processes of one machine share. It never goes back. */
export const machineNow = (): number => Number(process.hrtime.bigint()) / 1e6
