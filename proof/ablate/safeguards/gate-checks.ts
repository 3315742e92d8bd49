import type { Edit } from '../safeguard.ts'
import { editsOf } from './places.ts'

const order = editsOf('coupon/gate/order.lua')

/** The checks of `live_gate` in order.lua, which every script shares. */
export const fenceCheck = "  if fence ~= fields[3] then return nil, {'STALE', fence or 'replica'} end"
export const epochCheck = "  if fields[2] ~= epoch then return nil, {'EPOCH', fields[2]} end"
export const stateCheck = "  if fields[4] == 'rearming' then return nil, {'REARMING', ''} end"

/** A check of `live_gate` that one script alone does without. */
export const onlyWithout = (script: string, check: string, condition: string): Edit[] => [
  ...order(
    [
      'local function live_gate(gate_key, layout, epoch)',
      'local function live_gate(gate_key, layout, epoch, lax)',
    ],
    [check, check.replace(`if ${condition}`, `if not lax and ${condition}`)],
  ),
  ...(script === 'decide'
    ? editsOf('coupon/gate/decide.lua')([
        'live_gate(gate_key, layout, epoch)',
        'live_gate(gate_key, layout, epoch, true)',
      ])
    : editsOf(`coupon/gate/${script}.lua`)([
        'live_gate(KEYS[1], ARGV[1], ARGV[2])',
        'live_gate(KEYS[1], ARGV[1], ARGV[2], true)',
      ])),
]
