import type { Discount } from '../../client/shopper-client.ts'
import { fill, shopperTexts } from './button-texts.ts'
import type { Language } from './language.ts'

/** What a coupon is worth, in words: `5,000원 할인`, `30 % off`. */
export const worthText = (discount: Discount, language: Language): string => {
  if (discount.kind === 'percent') return fill(shopperTexts.percentOff[language], { value: discount.value })
  const { value, currency } = discount
  const plain = new Intl.NumberFormat(language).format(value)
  if (currency === undefined) return fill(shopperTexts.amountOff[language], { amount: plain })
  // People in Korea write the word behind the number, and not the sign.
  if (currency === 'KRW' && language === 'ko')
    return fill(shopperTexts.amountOff.ko, { amount: `${plain}원` })
  const format = new Intl.NumberFormat(language, { style: 'currency', currency })
  const { maximumFractionDigits = 0 } = format.resolvedOptions()
  return fill(shopperTexts.amountOff[language], {
    amount: format.format(value / 10 ** maximumFractionDigits),
  })
}
