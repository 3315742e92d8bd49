import { walletCommandLine, walletOptions, walletPlanOf } from '../arguments/wallet.ts'
import { walletReport } from '../report/wallet.ts'
import { runWallet } from '../scenarios/wallet.ts'
import { defineLoad } from './define-load.ts'

export const walletCommand = defineLoad({
  name: 'wallet',
  summary: 'Measures lists of coupons and presses beside them: a list shows what its shopper was granted.',
  options: walletOptions,
  planOf: walletPlanOf,
  commandLine: walletCommandLine,
  run: runWallet,
  report: walletReport,
})
