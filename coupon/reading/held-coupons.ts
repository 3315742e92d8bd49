import { Failure } from '../../platform/failure.ts'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { LiveCampaign, Registry } from '../campaigns/registry.ts'
import type { Gate, LookResult } from '../gate/gate.ts'
import type { Grant } from '../grant.ts'

export type HeldCoupon = { grant: Grant; confirmed: boolean }

/**
 * The coupons that live gates have for a user. Users who ask while Redis answers go out together in the next
 * call.
 */
export type HeldCoupons = {
  /** The coupons in one gate. Rejects `recovering` or `unavailable` when it does not answer. */
  inGate(campaign: LiveCampaign, userId: string): Promise<HeldCoupon[]>
  /**
   * The coupons in the gates of these campaigns. Incomplete when one of them cannot be read. A user who is no
   * longer awaited is left out.
   */
  inGates(
    campaignIds: Iterable<string>,
    userId: string,
    isAwaited: () => boolean,
  ): Promise<{ held: HeldCoupon[]; complete: boolean }>
}

/** What a gate has for a user, or why it did not say. */
type Answer = { held: HeldCoupon[] } | { failure: unknown }
type Question = { campaign: LiveCampaign; userId: string; isAwaited(): boolean }

const questionsInOneCallMax = 500
const usersInOneLookMax = 25
const questionsWaitingMax = 100_000

export const createHeldCoupons = (gate: Gate, registry: Registry): HeldCoupons => {
  const look = async (campaignId: string, holders: Parameters<Gate['look']>[2]): Promise<LookResult> => {
    const epoch = registry.known(campaignId)?.view.epoch ?? 0
    const looked = await gate.look(campaignId, epoch, holders)
    if (looked.kind !== 'epoch') return looked
    const found = await registry.refresh(campaignId, 0)
    return found.kind === 'live' ? gate.look(campaignId, found.campaign.view.epoch, holders) : looked
  }

  /** The coupons that one gate has for each of these users. */
  const lookForUsers = async (
    { id, view }: LiveCampaign,
    users: readonly string[],
  ): Promise<HeldCoupon[][]> => {
    // No gate grants a slot above the limit.
    const slots = Array.from({ length: view.document.perUserLimit }, (_, index) => index + 1)
    const holders = users.flatMap((userId) => slots.map((slot) => ({ userId, slot })))
    const looked = await look(id, holders)
    if (looked.kind !== 'looked') throw new Failure('recovering', `the gate of ${id} is not in order`)
    return users.map((_, index) =>
      looked.found
        .slice(index * slots.length, (index + 1) * slots.length)
        .filter((held) => held !== undefined),
    )
  }

  const answerSome = async (campaign: LiveCampaign, questions: readonly Question[]): Promise<Answer[]> => {
    try {
      const found = await lookForUsers(
        campaign,
        questions.map(({ userId }) => userId),
      )
      return found.map((held) => ({ held }))
    } catch (failure) {
      return questions.map(() => ({ failure }))
    }
  }

  /** One call for each gate and 25 users. A gate that fails fails alone. */
  const answerAll = async (questions: readonly Question[]): Promise<Answer[]> => {
    const answers = new Map<Question, Answer>()
    await Promise.all(
      [...Map.groupBy(questions, ({ campaign }) => campaign.id).values()].flatMap((ofGate) => {
        const calls = Array.from({ length: Math.ceil(ofGate.length / usersInOneLookMax) }, (_, call) =>
          ofGate.slice(call * usersInOneLookMax, (call + 1) * usersInOneLookMax),
        )
        return calls.map(async (some) => {
          const [first] = some
          if (first === undefined) return
          const answered = await answerSome(first.campaign, some)
          for (const [index, answer] of answered.entries()) {
            const question = some[index]
            if (question !== undefined) answers.set(question, answer)
          }
        })
      }),
    )
    return questions.map((question) => answers.get(question) ?? { held: [] })
  }

  const questions = createGroupCommit<Question, Answer>({
    batchSizeMax: questionsInOneCallMax,
    inFlightMax: 2,
    bound: createBound(questionsWaitingMax),
    replacement: ({ isAwaited }) => (isAwaited() ? undefined : { held: [] }),
    run: answerAll,
  })

  const heldIn = async (question: Question): Promise<HeldCoupon[]> => {
    const answer = await questions.submit(question)
    if ('failure' in answer) throw answer.failure
    return answer.held
  }

  const campaignOf = async (campaignId: string): Promise<LiveCampaign | undefined> => {
    const found = await registry.find(campaignId)
    // Its gate was removed after an audit: the ledger has all of its coupons.
    if (found.kind === 'retired') return undefined
    if (found.kind === 'live') return found.campaign
    throw new Failure('recovering', `the campaign ${campaignId} cannot be read`)
  }

  return {
    inGate: (campaign, userId) => heldIn({ campaign, userId, isAwaited: () => true }),
    async inGates(campaignIds, userId, isAwaited) {
      const answers = await Promise.allSettled(
        [...campaignIds].map(async (id) => {
          const campaign = registry.known(id) ?? (await campaignOf(id))
          return campaign === undefined ? [] : heldIn({ campaign, userId, isAwaited })
        }),
      )
      return {
        held: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
        complete: answers.every(({ status }) => status === 'fulfilled'),
      }
    },
  }
}
