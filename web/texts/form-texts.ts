import type { Wording } from './language.ts'

/** What the forms of campaigns say. */
export const formTexts = {
  usableFrom: { en: 'Usable not before', ko: '사용 시작' },
  usableFromHint: { en: 'Empty: from the opening on.', ko: '비워 두면 캠페인 시작 시각부터입니다.' },
  eligibility: { en: 'Who may have one', ko: '발급 대상' },
  eligibilityHint: {
    en: 'Without a rule everyone. The token of a shopper has to meet every rule; separate values by commas.',
    ko: '조건이 없으면 누구나 받습니다. 고객의 토큰이 모든 조건을 만족해야 하며, 값은 쉼표로 구분합니다.',
  },
  claim: { en: 'Claim {n}', ko: '클레임 {n}' },
  anyOf: { en: 'Any of {n}', ko: '허용 값 {n}' },
  addRule: { en: 'Add a rule', ko: '조건 추가' },
  notUnderstood: { en: 'Fill this in, in the form that is asked for.', ko: '형식에 맞게 입력하세요.' },
  checking: { en: 'Checking what it would do …', ko: '점검하는 중 …' },
  notChecked: {
    en: 'Not checked, so nothing can be confirmed yet: {why}',
    ko: '점검하지 못해 아직 확인할 수 없습니다: {why}',
  },
  refused: { en: 'Not accepted: {fields}', ko: '받아들일 수 없는 항목: {fields}' },
  reviewLead: {
    en: 'This is what it would do. Nothing has been created yet.',
    ko: '만들면 이렇게 됩니다. 아직 만들어지지 않았습니다.',
  },
  preflightFailed: {
    en: '✕ The check failed. Read what failed before you confirm.',
    ko: '✕ 점검에 실패한 항목이 있습니다. 확인하기 전에 먼저 읽어 보세요.',
  },
  edit: { en: 'Edit', ko: '수정' },
  editTitle: { en: 'Edit: {name}', ko: '수정: {name}' },
  editLead: {
    en: 'Only what differs is changed, in the version that you see.',
    ko: '달라진 항목만, 지금 보고 있는 버전에 적용합니다.',
  },
  nothingChanged: { en: 'Nothing differs from the campaign.', ko: '바뀐 항목이 없습니다.' },
  fromTo: { en: '{field}: {from} → {to}', ko: '{field}: {from} → {to}' },
  nothing: { en: 'none', ko: '없음' },
  save: { en: 'Save the changes', ko: '변경 저장' },
  backToCampaign: { en: 'Back to the campaign', ko: '캠페인으로 돌아가기' },
  over: { en: 'It is closed and stays as it is.', ko: '종료된 캠페인은 수정할 수 없습니다.' },
  fixed: { en: 'Fixed since the opening.', ko: '시작된 뒤에는 바꿀 수 없습니다.' },
  frozen: {
    stock: {
      en: 'Can only be raised: coupons may be promised already.',
      ko: '이미 약속된 쿠폰이 있을 수 있어 늘릴 수만 있습니다.',
    },
    perUser: {
      en: 'Can only be raised: people may hold as many already.',
      ko: '이미 그만큼 받은 사람이 있을 수 있어 늘릴 수만 있습니다.',
    },
    opensAt: { en: 'Cannot change: the campaign has opened.', ko: '이미 시작되어 바꿀 수 없습니다.' },
    usableFrom: { en: 'Can only become earlier from now on.', ko: '이제 앞당길 수만 있습니다.' },
    usableUntil: { en: 'Can only become later from now on.', ko: '이제 늦출 수만 있습니다.' },
    other: {
      en: 'Cannot change from a few seconds before the opening on: people may have been told of it.',
      ko: '시작 몇 초 전부터는 이미 안내되었을 수 있어 바꿀 수 없습니다.',
    },
  },
  frozenAll: {
    en: 'Nothing was changed: that would take back a promise. See the fields.',
    ko: '이미 한 약속을 어기게 되어 아무것도 바꾸지 않았습니다. 표시된 항목을 확인하세요.',
  },
  otherVersion: {
    en: 'Nothing was changed: somebody else changed the campaign meanwhile. The fields say what; look, and save again.',
    ko: '그사이 다른 사람이 캠페인을 변경하여 아무것도 바꾸지 않았습니다. 표시된 항목을 확인하고 다시 저장하세요.',
  },
  changedMeanwhile: {
    en: 'Somebody else changed it meanwhile: {value}',
    ko: '그사이 다른 사람이 변경했습니다: {value}',
  },
} as const satisfies Record<string, Wording | Record<string, Wording>>
