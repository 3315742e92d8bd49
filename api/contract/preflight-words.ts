import type { CampaignTerms, EligibilityRule } from '../../coupon/campaign.ts'
import type { Doubt, DoubtCode, Money } from '../../coupon/campaigns/preflight.ts'
import { isKnownTimeZone } from '../../coupon/campaigns/time-zone.ts'
import type { Language } from '../../web/texts/language.ts'

const doubtTexts: Record<DoubtCode, Record<Language, string>> = {
  'closes-before-opening': {
    en: 'It closes before it opens: nobody can get a coupon.',
    ko: '시작하기 전에 종료됩니다. 아무도 쿠폰을 받을 수 없습니다.',
  },
  'empty-usable-window': {
    en: 'Its coupons expire before they can be used.',
    ko: '쿠폰을 사용할 수 있게 되기 전에 만료됩니다.',
  },
  'coupons-expire-before-close': {
    en: 'Its coupons expire before the sale ends: late winners get one that is worth nothing.',
    ko: '캠페인이 끝나기 전에 쿠폰이 만료됩니다. 늦게 받은 사람의 쿠폰은 쓸 수 없습니다.',
  },
  'already-closed': {
    en: 'It is closed: no more coupons are granted.',
    ko: '이미 종료되었습니다. 더는 쿠폰이 발급되지 않습니다.',
  },
  'opens-in-the-past': {
    en: 'Its opening is in the past: it gives coupons now.',
    ko: '시작 시각이 이미 지났습니다. 지금 쿠폰이 발급되고 있습니다.',
  },
  paused: {
    en: 'It is paused: nobody gets a coupon until it is resumed.',
    ko: '일시 중지되어 있습니다. 다시 시작할 때까지 쿠폰이 발급되지 않습니다.',
  },
  'usable-after-close': {
    en: 'Its coupons can be used only after the sale has ended.',
    ko: '캠페인이 끝난 뒤에야 쿠폰을 사용할 수 있습니다.',
  },
  'one-user-takes-all': {
    en: 'One person can take every coupon: the limit for one person is not below the stock.',
    ko: '한 사람이 모든 쿠폰을 가져갈 수 있습니다. 1인당 한도가 수량보다 적지 않습니다.',
  },
  'no-currency': {
    en: 'The amount has no currency.',
    ko: '할인 금액에 통화가 없습니다.',
  },
  free: {
    en: 'The discount is 100 percent: what is bought with it costs nothing.',
    ko: '할인율이 100%입니다. 쿠폰을 쓰면 무료가 됩니다.',
  },
  'unknown-time-zone': {
    en: 'This server does not know the time zone, so the times are in UTC.',
    ko: '이 서버가 모르는 시간대라서 시각을 UTC로 표시합니다.',
  },
}

/** A doubt for people. */
export const doubtText = ({ code }: Pick<Doubt, 'code'>, language: Language): string =>
  doubtTexts[code][language]

/** An exact amount in minor units, as people write it. */
const amountText = (minorUnits: string, currency: string | undefined, language: Language): string => {
  if (currency === undefined) return new Intl.NumberFormat(language).format(BigInt(minorUnits))
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'code' })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0
  const padded = minorUnits.padStart(digits + 1, '0')
  const text = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
  // A string is formatted digit by digit: a number would be rounded above 2^53.
  return format.format(text as `${number}`)
}

const moneyText = (money: Money, language: Language): string => {
  const coupons = new Intl.NumberFormat(language).format(money.coupons)
  if (money.kind === 'percent')
    return {
      en: `${coupons} coupons of ${money.value} percent. What they cost depends on what people buy.`,
      ko: `${money.value}% 할인 쿠폰 ${coupons}장. 총비용은 구매 금액에 따라 달라집니다.`,
    }[language]
  const [each, total] = [String(money.value), money.total].map((amount) =>
    amountText(amount, money.currency, language),
  )
  return {
    en: `${coupons} coupons of ${each} each cost at most ${total}.`,
    ko: `${each} 쿠폰 ${coupons}장, 총비용은 최대 ${total}입니다.`,
  }[language]
}

const ruleText = ({ claim, anyOf }: EligibilityRule, language: Language): string =>
  ({ en: `${claim}: ${anyOf.join(' or ')}`, ko: `${claim}: ${anyOf.join(' 또는 ')}` })[language]

const whoText = ({ eligibility = [], perUserLimit }: CampaignTerms, language: Language): string => {
  const rules = eligibility.map((rule) => ruleText(rule, language)).join('; ')
  if (rules === '')
    return {
      en: `Everyone with an account, at most ${perUserLimit} each.`,
      ko: `로그인한 모든 사용자, 1인당 최대 ${perUserLimit}장.`,
    }[language]
  return {
    en: `Only people whose token has ${rules}. At most ${perUserLimit} each.`,
    ko: `토큰이 다음 조건을 모두 만족하는 사용자만: ${rules}. 1인당 최대 ${perUserLimit}장.`,
  }[language]
}

const timesText = (campaign: CampaignTerms, language: Language): string[] => {
  const { opensAtMs, closesAtMs, coupon, timeZone = 'UTC' } = campaign
  const zone = isKnownTimeZone(timeZone) ? timeZone : 'UTC'
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long', timeZone: zone })
  const [opens, closes, from, until] = [
    ...[opensAtMs, closesAtMs, coupon.usableFromMs, coupon.usableUntilMs],
  ].map((ms) => format.format(ms))
  return {
    en: [`It opens on ${opens} and closes on ${closes}.`, `Coupons can be used from ${from} until ${until}.`],
    ko: [
      `${opens}에 시작하고 ${closes}에 종료됩니다.`,
      `쿠폰은 ${from}부터 ${until}까지 사용할 수 있습니다.`,
    ],
  }[language]
}

/** How the servers are: `undefined` where that is not known. */
export type ServersInShort = { failed: number; warnings: number; unread: number } | undefined

const serversText = (servers: ServersInShort, language: Language): string => {
  if (servers === undefined)
    return {
      en: 'The servers did not answer in time: ask again for what they promise.',
      ko: '서버가 제시간에 응답하지 않았습니다. 잠시 뒤에 다시 확인해 주세요.',
    }[language]
  const { failed, warnings, unread } = servers
  if (failed + warnings + unread === 0)
    return { en: 'The servers meet every requirement.', ko: '서버가 모든 요구 사항을 충족합니다.' }[language]
  return {
    en: `Of the servers' requirements ${failed} failed and ${warnings} are doubtful; ${unread} servers did not answer.`,
    ko: `서버 요구 사항 중 ${failed}개를 충족하지 못했고 ${warnings}개를 확인해야 합니다. 응답하지 않은 서버는 ${unread}개입니다.`,
  }[language]
}

/** What would happen, sentence by sentence. */
export const preflightWords = (
  campaign: CampaignTerms,
  { money, doubts, servers }: { money: Money; doubts: readonly Doubt[]; servers: ServersInShort },
  language: Language,
): string[] => [
  moneyText(money, language),
  whoText(campaign, language),
  ...timesText(campaign, language),
  ...doubts.map((doubt) => doubtText(doubt, language)),
  serversText(servers, language),
]
