import type { PromiseName, Verdict } from '../../../coupon/audit/compare/check.ts'

/** The same in English and in Korean. */
export type Text = { en: string; ko: string }

/** What a report says, but for its figures. */
export const texts = {
  title: { en: 'firstcome benchmark', ko: 'firstcome 벤치마크' },
  pass: { en: 'Every promise held', ko: '모든 약속이 지켜졌습니다' },
  fail: { en: 'A promise was broken', ko: '지켜지지 않은 약속이 있습니다' },
  undecided: { en: 'Not every promise could be decided', ko: '판정하지 못한 약속이 있습니다' },
  believe: {
    en: 'The answers of every shopper were compared with the rows in the database, after every burst.',
    ko: '매번의 버스트 뒤에 모든 구매자가 받은 응답을 데이터베이스의 행과 비교했습니다.',
  },
  noSpeed: {
    en: 'A fast answer that is wrong is worth nothing, so this report shows no speed before the promises.',
    ko: '빠르더라도 틀린 응답은 의미가 없으므로, 이 보고서는 약속보다 먼저 속도를 보여 주지 않습니다.',
  },
  speed: {
    en: 'coupons a second, accepted and recorded (median of the rounds)',
    ko: '초당 쿠폰 수: 발급되어 데이터베이스에 기록된 것만 (라운드의 중앙값)',
  },
  bound: {
    en: 'The generator was at work all the time. The figures are its own, and the API may be faster.',
    ko: '부하 생성기가 쉬지 않고 일했습니다. 수치는 생성기의 것이며, API는 더 빠를 수 있습니다.',
  },
  promises: { en: 'Promises', ko: '약속' },
  promise: { en: 'promise', ko: '약속' },
  verdict: { en: 'verdict', ko: '판정' },
  checked: { en: 'checked', ko: '확인한 수' },
  ratios: { en: 'Against web servers that grant nothing', ko: '아무것도 발급하지 않는 웹 서버와의 비교' },
  ratiosHow: {
    en: 'Recorded coupons a second, for each request a second of the other. Each dot is a round. In a round both got the same presses from the same generator, one after the other, with the same token check. The last row is bare node:http against itself: the noise of the machine. p is of a paired permutation test that the ratio differs from 1, and ~ says that it is within noise.',
    ko: '상대 서버가 초당 처리한 요청 하나에 대한, 초당 기록된 쿠폰의 비율입니다. 점 하나가 라운드 하나입니다. 한 라운드에서 양쪽은 같은 부하 생성기로부터 같은 요청을 차례로 받았고, 같은 토큰 검사를 했습니다. 마지막 줄은 node:http를 자기 자신과 비교한 것으로, 이 장비의 잡음입니다. p는 비율이 1과 다른지를 보는 대응 순열 검정의 값이며, ~는 잡음과 구별되지 않음을 뜻합니다.',
  },
  latency: { en: 'How long answers took', ko: '응답에 걸린 시간' },
  latencyHow: {
    en: 'From the press to its answer in milliseconds, by percentile. Each line is a round. All presses of a burst come as fast as the connections take them, so this is the wait of a crowd, not of one person.',
    ko: '요청부터 응답까지의 시간(밀리초)을 백분위로 나타냈습니다. 선 하나가 라운드 하나입니다. 버스트의 모든 요청은 연결이 받아들이는 한 가장 빠르게 도착하므로, 한 사람이 아니라 몰려든 군중의 대기 시간입니다.',
  },
  overTime: { en: 'Grants and rows over time', ko: '시간에 따른 발급과 기록' },
  overTimeHow: {
    en: 'Counted from the first press of the burst with the median rate. What is shaded was granted and not yet a row of the database: it is in the log, and the worker records it. Rows are read some ten times a second.',
    ko: '중앙값의 속도를 낸 버스트의 첫 요청부터 셌습니다. 칠한 부분은 발급되었지만 아직 데이터베이스의 행이 아닌 쿠폰입니다. 이들은 로그에 있으며 워커가 기록합니다. 행의 수는 초당 열 번쯤 읽습니다.',
  },
  grants: { en: 'grants', ko: '발급' },
  rows: { en: 'rows', ko: '행' },
  backlog: { en: 'backlog', ko: '밀린 기록' },
  costs: { en: 'Processor time a coupon', ko: '쿠폰 하나에 드는 프로세서 시간' },
  costsHow: {
    en: 'Microseconds of one core for each coupon, from the first press to the last row, and for each request of a bare web server: the median of the rounds. All processes share the cores, so their sum bounds the rate.',
    ko: '첫 요청부터 마지막 행까지 쿠폰 하나에 쓰인 코어 하나의 마이크로초이며, 비교용 웹 서버는 요청 하나당 값입니다. 라운드의 중앙값입니다. 모든 프로세스가 코어를 나누어 쓰므로 그 합이 속도의 한계가 됩니다.',
  },
  costsUnknown: {
    en: 'Not measured, because this run did not start it:',
    ko: '이 실행이 시작하지 않아 재지 못한 것:',
  },
  process: { en: 'process', ko: '프로세스' },
  processes: {
    api: { en: 'API', ko: 'API' },
    redis: { en: 'Redis', ko: 'Redis' },
    kafka: { en: 'Kafka', ko: 'Kafka' },
    worker: { en: 'worker', ko: '워커' },
    database: { en: 'database', ko: '데이터베이스' },
  },
  median: { en: 'median µs', ko: '중앙값 µs' },
  lowest: { en: 'lowest', ko: '최저' },
  highest: { en: 'highest', ko: '최고' },
  fairness: { en: 'First come, first served', ko: '도착한 순서대로인가' },
  fair: {
    en: 'Within a process and within an address, nobody was overtaken. No press overtook one that was answered before it came.',
    ko: '한 프로세스 안과 한 주소 안에서는 아무도 추월당하지 않았습니다. 이미 응답을 받은 요청을 나중에 온 요청이 추월한 일도 없습니다.',
  },
  unfair: { en: 'A bar was missed:', ko: '기준을 넘은 것:' },
  fairnessHow: {
    en: 'An inversion is a pair of presses of which the one that arrived later has the lower rank. The first bar of a burst says how much later those arrived who overtook (99 of 100 who were overtaken), the second one how long 99 of 100 presses took. Presses that are under way at two processes at once may swap; nobody is overtaken by more than a press takes.',
    ko: '나중에 도착했는데 순번이 더 앞선 두 요청의 쌍을 역전이라고 합니다. 각 버스트의 첫째 막대는 추월한 요청이 얼마나 늦게 도착했는지(추월당한 100명 중 99명), 둘째 막대는 요청 100개 중 99개가 걸린 시간입니다. 두 프로세스에서 동시에 처리 중인 요청은 서로 바뀔 수 있지만, 요청 하나가 걸리는 시간보다 더 늦게 온 요청에 추월당하지는 않습니다.',
  },
  fairnessKinds: {
    'one process': { en: 'one process', ko: '프로세스 하나' },
    'two processes': { en: 'two processes', ko: '프로세스 둘' },
    'a shared address': { en: 'half of them from one address', ko: '절반이 한 주소에서' },
  },
  burst: { en: 'burst', ko: '버스트' },
  inversions: { en: 'inversions', ko: '역전' },
  overtaken: { en: 'overtaken', ko: '추월당한 비율' },
  laterP99: { en: 'later, p99 ms', ko: '늦은 시간 p99 ms' },
  laterMax: { en: 'later, max ms', ko: '늦은 시간 최대 ms' },
  pressP99: { en: 'a press, p99 ms', ko: '요청 p99 ms' },
  ranksLost: { en: 'ranks lost, max', ko: '밀린 순번 최대' },
  knee: { en: 'People who do not wait for each other', ko: '서로를 기다리지 않는 사람들' },
  kneeAt: {
    en: 'presses a second is the highest rate at which everybody got a coupon, with a p99 of at most',
    ko: '초당 요청 수: 모두가 쿠폰을 받은 가장 높은 속도이며, 이때 p99의 한도는',
  },
  noKnee: { en: 'No rate was measured.', ko: '측정된 속도가 없습니다.' },
  kneeBound: {
    en: 'The API may keep more. What ended the search:',
    ko: 'API는 더 감당할 수 있습니다. 탐색을 끝낸 것:',
  },
  kneeHow: {
    en: 'Presses came at a constant rate, whether or not others were answered, and the rate rose by a quarter at a time. A time counts from the moment when a press was due, so a stall shows in every press that was due in it. The line is the bar; a hollow dot is a rate that was not kept.',
    ko: '다른 사람의 응답과 관계없이 일정한 속도로 요청이 도착했고, 속도를 4분의 1씩 올렸습니다. 시간은 요청이 예정된 순간부터 재므로, 멈춤이 있으면 그동안 예정된 모든 요청에 나타납니다. 가로선이 기준이며, 빈 점은 지키지 못한 속도입니다.',
  },
  rate: { en: 'presses /s', ko: '초당 요청' },
  lateP99: { en: 'sent late, p99 ms', ko: '늦게 보냄 p99 ms' },
  generator: { en: 'generator', ko: '부하 생성기' },
  isKept: { en: 'kept', ko: '지킴' },
  kept: { en: 'yes', ko: '예' },
  missed: { en: 'no', ko: '아니요' },
  historyFile: {
    en: 'every answer of that burst, for npm run audit -- CAMPAIGN --history FILE',
    ko: '그 버스트의 모든 응답, npm run audit -- CAMPAIGN --history FILE 용',
  },
  files: { en: 'In the folder of this report', ko: '이 보고서의 폴더에 있는 것' },
  dataFile: { en: 'everything that was measured', ko: '측정한 모든 값' },
  latencyFile: {
    en: 'latencies of all rounds, for plotters of HdrHistogram',
    ko: '모든 라운드의 응답 시간, HdrHistogram 플로터용',
  },
  round: { en: 'round', ko: '라운드' },
  outcome: { en: 'outcome', ko: '결과' },
  answers: { en: 'answers', ko: '응답 수' },
  recorded: { en: 'recorded /s', ko: '초당 기록' },
  behind: { en: 'The figures behind it', ko: '그림의 수치' },
  limits: { en: 'What this does not show', ko: '이 보고서가 보여 주지 않는 것' },
  limitsList: {
    en: [
      'Generator, API, worker, Redis, Kafka and the database share this machine. With machines of their own all figures differ.',
      'There is no network between them.',
      'In a burst the generator waits for an answer before it presses again on a connection. People do not.',
      'Figures of another machine, or of another hour, do not compare with these. Ratios of a round do.',
    ],
    ko: [
      '부하 생성기, API, 워커, Redis, Kafka, 데이터베이스가 이 장비 하나를 나누어 씁니다. 장비를 따로 쓰면 모든 수치가 달라집니다.',
      '그 사이에 네트워크가 없습니다.',
      '버스트에서 부하 생성기는 한 연결에서 응답을 받은 뒤에야 다음 요청을 보냅니다. 사람들은 그렇지 않습니다.',
      '다른 장비나 다른 시간의 수치와는 비교할 수 없습니다. 같은 라운드의 비율만 비교할 수 있습니다.',
    ],
  },
  environment: { en: 'Environment', ko: '환경' },
  again: { en: 'How to run it again', ko: '다시 실행하는 방법' },
  changed: { en: 'with changes that are not committed', ko: '커밋되지 않은 변경 포함' },
} as const

/** What verdicts are called in Korean. The English is that of the audit. */
export const koreanVerdicts: Record<Verdict, string> = {
  pass: '지켜짐',
  fail: '깨짐',
  'in-flight': '판정 전',
}

/** What a promise to the people means, in Korean. The English is that of the audit. */
export const koreanPromises: Record<PromiseName, string> = {
  'no-oversell': '기록된 쿠폰 수가 재고를 넘지 않는다',
  'no-lost-win': '당첨 응답마다 같은 id, 사용자, 슬롯, 순번의 행이 있다',
  'one-per-user-and-slot': '한 사용자의 한 슬롯에는 쿠폰이 하나다',
  'same-answer-again': '당첨자가 다시 물으면 같은 쿠폰을 본다',
  'sold-out-is-final': '매진 응답을 받은 사람에게 행이나 나중의 당첨이 없다',
  'nothing-stranded': '재고만큼, 또는 사용자가 더 적으면 그만큼 행이 있다',
  'nobody-unaware': '모든 행은 당첨 응답을 받은 사용자의 것이다',
  'ranks-without-gap': '순번은 1, 2, 3 …으로 빠짐없이 하나씩이다',
  'everybody-answered': '요청한 모두가 최종 응답을 받았다',
  'used-as-told': '쿠폰의 사용 상태가 그 이력과 같다',
}
