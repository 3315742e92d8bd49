import { problemPage } from '../../web/pages/problem-page.ts'
import { chooseLanguage, type Wording } from '../../web/texts/language.ts'
import { pageHeaders } from '../page-headers.ts'
import { type ProblemCode, problem, problemKinds } from '../problem.ts'
import { type Handler, headerOf, type Route } from '../route.ts'

/** What happened, whether the coupon of the reader is safe, and what to do, in English and Korean. */
export const explanations: Record<ProblemCode, Wording> = {
  'bad-request': {
    en: 'The server could not read the request, or its address or headers are ambiguous. It was not processed, unless an answer came before this one. Correct the request; trying again is safe.',
    ko: '요청을 읽을 수 없거나 주소 또는 헤더가 모호합니다. 먼저 다른 응답을 받지 않았다면 처리되지 않은 것입니다. 요청을 고쳐 다시 보내세요. 다시 보내도 안전합니다.',
  },
  timeout: {
    en: 'The request did not arrive in time. Your coupons are safe. Trying again is safe and never gives a second coupon.',
    ko: '요청이 제시간에 도착하지 않았습니다. 가지고 있는 쿠폰은 안전합니다. 다시 시도해도 안전하며 두 번 발급되지 않습니다.',
  },
  'expectation-failed': {
    en: 'The Expect header asks for something other than 100-continue. Nothing was changed. Send the request without it.',
    ko: 'Expect 헤더에 100-continue가 아닌 값이 있습니다. 바뀐 것은 없습니다. 이 헤더 없이 다시 보내세요.',
  },
  'headers-too-large': {
    en: 'The address and headers of the request are too large, often because of cookies. Nothing was changed. Delete the cookies of this site and try again.',
    ko: '주소와 헤더가 너무 큽니다. 쿠키가 많을 때 흔히 생깁니다. 바뀐 것은 없습니다. 이 사이트의 쿠키를 지우고 다시 시도하세요.',
  },
  malformed: {
    en: 'The body of the request is not valid JSON, or an object in it has the same name twice. Nothing was changed. Correct the body and send it again.',
    ko: '요청 본문이 JSON이 아니거나, 한 객체 안에 같은 이름이 두 번 있습니다. 바뀐 것은 없습니다. 본문을 고쳐 다시 보내세요.',
  },
  'idempotency-key': {
    en: 'The Idempotency-Key header is malformed: a string of 1 to 255 characters in quotes is expected. Nothing was changed.',
    ko: 'Idempotency-Key 헤더 형식이 잘못되었습니다. 따옴표로 묶은 1~255자 문자열이어야 합니다. 바뀐 것은 없습니다.',
  },
  unauthorized: {
    en: 'The request had no valid credential. Your coupons are safe. Sign in again and retry.',
    ko: '유효한 인증 정보가 없습니다. 가지고 있는 쿠폰은 안전합니다. 다시 로그인한 뒤 시도하세요.',
  },
  forbidden: {
    en: 'The operator token is valid, but it does not have the role that this needs. Nothing was changed. Use a token with that role, or ask an administrator for one.',
    ko: '운영자 토큰은 유효하지만 이 작업에 필요한 권한이 없습니다. 바뀐 것은 없습니다. 권한이 있는 토큰을 사용하거나 관리자에게 요청하세요.',
  },
  'rehearsals-off': {
    en: 'Rehearsals are off in this deployment, or in this process of it. Nothing was changed. Set REHEARSAL_SHOPPERS_MAX above 0 to allow them.',
    ko: '이 환경에서는 리허설을 사용할 수 없습니다. 바뀐 것은 없습니다. 사용하려면 REHEARSAL_SHOPPERS_MAX를 0보다 크게 설정하세요.',
  },
  'rehearsal-under-way': {
    en: 'One rehearsal at a time, and one is under way: campaignId names its campaign. Nothing was changed. Wait until it ends, or close it.',
    ko: '리허설은 한 번에 하나만 할 수 있고, 지금 진행 중인 것이 있습니다. campaignId가 그 캠페인입니다. 바뀐 것은 없습니다. 끝날 때까지 기다리거나 종료하세요.',
  },
  'not-found': {
    en: 'This address does not exist. Check the path.',
    ko: '이 주소에는 아무것도 없습니다. 경로를 확인하세요.',
  },
  'unknown-campaign': {
    en: 'No campaign has this id, or it ended long ago. Coupons that you won are still in your list.',
    ko: '이 번호의 캠페인이 없거나 오래전에 끝났습니다. 이미 받은 쿠폰은 목록에 남아 있습니다.',
  },
  'unknown-coupon': {
    en: 'You have no coupon with this id. Your coupons are in your list.',
    ko: '이 번호의 쿠폰을 가지고 있지 않습니다. 가지고 있는 쿠폰은 목록에서 볼 수 있습니다.',
  },
  'unknown-dead-letter': {
    en: 'No dead letter is at this position, or it is older than the newest 10,000 records of the topic. Nothing was changed. The command npm run dlq -- show finds every one that Kafka still has.',
    ko: '이 위치에 처리 불가 기록이 없거나, 토픽의 최근 10,000건보다 오래된 기록입니다. 바뀐 것은 없습니다. npm run dlq -- show 명령으로 Kafka에 남아 있는 모든 기록을 볼 수 있습니다.',
  },
  'method-not-allowed': {
    en: 'This address does not accept this method. The Allow header lists the methods that it accepts.',
    ko: '이 주소는 이 메서드를 받지 않습니다. Allow 헤더에 가능한 메서드가 있습니다.',
  },
  'sold-out': {
    en: 'All coupons were granted before your turn. You have no coupon of this campaign. Trying again does not help.',
    ko: '차례가 오기 전에 쿠폰이 모두 발급되었습니다. 이 캠페인의 쿠폰은 받지 못했습니다. 다시 시도해도 결과는 같습니다.',
  },
  'not-open': {
    en: 'The campaign is not open yet. Nothing was granted. Try again at the time in opensAt.',
    ko: '아직 시작하지 않은 캠페인입니다. 발급된 것은 없습니다. opensAt 시각에 다시 눌러 주세요.',
  },
  'not-eligible': {
    en: 'This campaign is for some customers only, and your account is not one of them. You were given no coupon. If you think this is wrong, sign in again: what your account is may have changed since you signed in.',
    ko: '일부 고객만 참여할 수 있는 캠페인이며, 지금 로그인한 계정은 대상이 아닙니다. 발급된 쿠폰은 없습니다. 대상이라고 생각하신다면 다시 로그인해 주세요. 로그인한 뒤에 등급이 바뀌었을 수 있습니다.',
  },
  frozen: {
    en: 'The campaign cannot be changed in this way: people may rely on what it promises. Nothing was changed. The detail of the answer says why.',
    ko: '캠페인을 이렇게 바꿀 수 없습니다. 이미 약속된 내용을 믿는 사람이 있을 수 있습니다. 바뀐 것은 없습니다. 이유는 응답의 detail에 있습니다.',
  },
  version: {
    en: 'Somebody changed the campaign after you read it. Nothing was changed by this request. Read the campaign again, and decide again.',
    ko: '캠페인을 읽은 뒤에 다른 사람이 바꾸었습니다. 이 요청으로 바뀐 것은 없습니다. 캠페인을 다시 읽고 다시 결정하세요.',
  },
  'version-required': {
    en: 'A change needs an If-Match header with the ETag of the campaign, so that two people do not overwrite each other. Nothing was changed.',
    ko: '변경에는 캠페인의 ETag를 담은 If-Match 헤더가 필요합니다. 두 사람이 서로의 변경을 덮어쓰지 않게 하기 위해서입니다. 바뀐 것은 없습니다.',
  },
  closed: {
    en: 'The campaign is closed. A coupon that you won before is still valid and in your list.',
    ko: '끝난 캠페인입니다. 이미 받은 쿠폰은 그대로 유효하며 목록에 있습니다.',
  },
  paused: {
    en: 'The campaign is paused. A coupon that you have is safe. Try again a little later.',
    ko: '캠페인이 잠시 멈춰 있습니다. 가지고 있는 쿠폰은 안전합니다. 잠시 후 다시 눌러 주세요.',
  },
  'in-flight': {
    en: 'The first request with this Idempotency-Key is still in progress. Send the same request again in a moment, with the same key.',
    ko: '같은 Idempotency-Key의 첫 요청이 아직 처리 중입니다. 잠시 후 같은 키로 같은 요청을 다시 보내세요.',
  },
  confirming: {
    en: 'The coupon is not confirmed yet, so it cannot be used. Nothing was changed. Try again in a moment, which is safe.',
    ko: '아직 확정되지 않은 쿠폰이라 사용할 수 없습니다. 바뀐 것은 없습니다. 잠시 후 다시 시도하세요. 다시 시도해도 안전합니다.',
  },
  'not-usable-yet': {
    en: 'The time to use this coupon has not come yet. The coupon is safe, and nothing was changed. Use it from the time in usableFrom.',
    ko: '아직 사용할 수 있는 기간이 아닙니다. 쿠폰은 안전하며 바뀐 것은 없습니다. usableFrom 시각부터 사용할 수 있습니다.',
  },
  expired: {
    en: 'The time to use this coupon is over. It was not used for this order. Trying again does not help.',
    ko: '사용 기간이 지난 쿠폰입니다. 이 주문에는 사용되지 않았습니다. 다시 시도해도 결과는 같습니다.',
  },
  revoked: {
    en: 'This coupon was revoked and can no longer be used. It was not used for this order. The support of the shop can say why.',
    ko: '취소된 쿠폰이라 더 이상 사용할 수 없습니다. 이 주문에는 사용되지 않았습니다. 이유는 고객센터에 문의하세요.',
  },
  'already-redeemed': {
    en: 'This coupon is already used for another order, and a coupon is used for one order. Nothing was changed. If that order is cancelled, the coupon can be used again.',
    ko: '이미 다른 주문에 사용한 쿠폰입니다. 쿠폰은 주문 한 건에만 쓸 수 있습니다. 바뀐 것은 없습니다. 그 주문이 취소되면 다시 사용할 수 있습니다.',
  },
  'redeemed-by-shop': {
    en: 'The shop has used this coupon for your order, so only the shop can give it back. Nothing was changed. Cancel the order in the shop: you then have the coupon again.',
    ko: '주문 처리 과정에서 사용된 쿠폰이라 직접 되돌릴 수 없습니다. 바뀐 것은 없습니다. 주문을 취소하면 쿠폰을 다시 쓸 수 있습니다.',
  },
  'changed-too-often': {
    en: 'This coupon was used and given back too many times. You still have it, but it cannot be used any more in this way. The support of the shop can help.',
    ko: '쿠폰을 사용하고 되돌린 횟수가 너무 많습니다. 쿠폰은 그대로 있지만 이 방법으로는 더 사용할 수 없습니다. 고객센터에 문의하세요.',
  },
  'already-redriven': {
    en: 'The record of this dead letter was put back into the log before, and nothing was done this time. The detail of the answer says where it is. If it could not be stored again, it is a new dead letter.',
    ko: '이미 로그로 다시 보낸 기록이라 이번에는 아무 일도 하지 않았습니다. 지금 위치는 응답의 detail에 있습니다. 다시 저장하지 못했다면 새로운 처리 불가 기록으로 남아 있습니다.',
  },
  'not-recorded-yet': {
    en: 'The coupon was granted a moment ago, and the database does not have it yet. The coupon is safe, and nothing was changed. Try again in a second, which is safe.',
    ko: '방금 발급된 쿠폰이라 아직 데이터베이스에 기록되지 않았습니다. 쿠폰은 안전하며 바뀐 것은 없습니다. 1초 뒤에 다시 시도하세요. 다시 시도해도 안전합니다.',
  },
  'too-large': {
    en: 'The body of the request is too large and was not processed. Nothing was changed.',
    ko: '요청 본문이 너무 커서 읽지 않았습니다. 바뀐 것은 없습니다.',
  },
  'unsupported-media-type': {
    en: 'This address only accepts application/json. Nothing was changed.',
    ko: '이 주소는 application/json만 받습니다. 바뀐 것은 없습니다.',
  },
  invalid: {
    en: 'A value is invalid. The errors field lists each value and what was expected. Nothing was changed.',
    ko: '규칙에 맞지 않는 값이 있습니다. 어떤 항목인지 errors에 있습니다. 바뀐 것은 없습니다.',
  },
  'rate-limited': {
    en: 'Too many requests came from you or from your network address in a short time. This one was not processed. Your coupons are safe. Try again in a few seconds.',
    ko: '짧은 시간에 같은 사용자 또는 같은 네트워크 주소에서 요청이 너무 많이 들어와 이 요청은 처리하지 않았습니다. 가지고 있는 쿠폰은 안전합니다. 몇 초 뒤에 다시 시도하세요.',
  },
  'key-reused': {
    en: 'This Idempotency-Key was used with another body. Nothing was changed. Use a new key for a new campaign.',
    ko: '이 Idempotency-Key는 다른 본문과 함께 사용되었습니다. 바뀐 것은 없습니다. 새 캠페인에는 새 키를 사용하세요.',
  },
  internal: {
    en: 'The server has an internal error. You may already have a coupon: check your list, or try again, which is safe.',
    ko: '서버에 문제가 있습니다. 이미 쿠폰을 받았을 수 있으니 목록을 확인하거나 다시 눌러 주세요. 다시 눌러도 안전합니다.',
  },
  overloaded: {
    en: 'Too many people tried at once, and the server did not process your request. This attempt granted you nothing. Trying again is safe.',
    ko: '한꺼번에 많은 사람이 눌러 차례가 오지 않았습니다. 이번 시도로 발급된 것은 없습니다. 다시 눌러도 안전합니다.',
  },
  recovering: {
    en: 'The campaign is being recovered after a failure. A coupon that was confirmed to you is safe. Trying again in a moment is safe.',
    ko: '장애 후 캠페인을 복구하고 있습니다. 받았다고 안내된 쿠폰은 안전합니다. 잠시 후 다시 눌러 주세요. 다시 눌러도 안전합니다.',
  },
  unavailable: {
    en: 'Part of the system did not answer, so the result is unknown. You may already have a coupon. Trying again is safe and never gives a second one.',
    ko: '일부 시스템이 응답하지 않아 결과를 알 수 없습니다. 이미 쿠폰을 받았을 수 있습니다. 다시 눌러도 안전하며 두 번 발급되지 않습니다.',
  },
}

const headers = { 'Cache-Control': 'public, max-age=3600', Vary: 'Accept-Language', ...pageHeaders() }

const isCode = (text: string): text is ProblemCode => Object.hasOwn(problemKinds, text)

const explain: Handler = async (context) => {
  const code = context.req.param('code') ?? ''
  if (!isCode(code)) return problem('not-found', `No problem is called ${code.slice(0, 64)}.`)
  const language = chooseLanguage(context.req.query('lang'), headerOf(context, 'accept-language'))
  const { status, title } = problemKinds[code]
  const page = { ...{ code, status, title, language }, explanation: explanations[code] }
  return context.html(await problemPage(page), 200, headers)
}

/** The pages to which the `type` of a problem points. */
export const problemPagesRoute: Route = {
  ...{ method: 'GET', path: '/problems/:code' },
  ...{ lane: 'read', caller: 'anyone' },
  operation: {
    id: 'explainProblem',
    summary: 'A page for people about a problem, in English and Korean',
    answers: { 200: { description: 'What happened and what to do.', mediaType: 'text/html' } },
    problems: [],
  },
  handle: explain,
}
