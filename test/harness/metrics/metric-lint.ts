import { labelText, type MetricFamily, type MetricSample } from './metric-text.ts'

/**
 * The rules of https://prometheus.io/docs/practices/naming/ as promlint checks them, rule by rule:
 * https://github.com/prometheus/client_golang/tree/v1.25.0/prometheus/testutil/promlint/validations. promlint
 * is written in Go, and promtool takes 96 MB. Its verdict on our metrics was compared once, by hand.
 */
type Rule = (family: MetricFamily) => string | false

const baseUnits = ['amperes', 'bytes', 'celsius', 'grams', 'joules', 'kelvin', 'meters', 'seconds', 'volts']
const otherUnits = [
  ...['minutes', 'hours', 'days', 'weeks', 'kelvins', 'fahrenheit', 'rankine', 'inches', 'yards', 'miles'],
  ...['bits', 'calories', 'pounds', 'ounces'],
]
const unitPrefixes = [
  ...['pico', 'nano', 'micro', 'milli', 'centi', 'deci', 'deca', 'hecto', 'kilo', 'kibi', 'mega', 'mebi'],
  ...['giga', 'gibi', 'tera', 'tebi', 'peta', 'pebi'],
]
const abbreviations = ['s', 'ms', 'us', 'ns', 'sec', 'b', 'kb', 'mb', 'gb', 'tb', 'pb', 'm', 'h', 'd']
const notBase = new Set([
  ...otherUnits,
  ...unitPrefixes.flatMap((prefix) => [...baseUnits, ...otherUnits].map((unit) => `${prefix}${unit}`)),
])

const labelsOf = ({ samples }: MetricFamily): string[] => [
  ...new Set(samples.flatMap(({ labels }) => Object.keys(labels))),
]
const partsOf = ({ name }: MetricFamily): string[] => name.toLowerCase().split('_')
const isSnakeCase = (name: string): boolean => /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)
/** Anything but the number itself. */
const placeOf = ({ name, labels }: MetricSample): string => `${name} ${labelText(labels)}`

/** The buckets of one histogram, by whatever labels they have beside `le`. */
const isHistogramWhole = ({ name, samples }: MetricFamily): boolean =>
  Object.values(Object.groupBy(samples, ({ labels: { le: _, ...others } }) => labelText(others))).every(
    (ofOne = []) => {
      const buckets = ofOne.filter((sample) => sample.name === `${name}_bucket`)
      const counts = buckets.map(({ value }) => value)
      const count = ofOne.find((sample) => sample.name === `${name}_count`)?.value
      const hasSum = ofOne.some((sample) => sample.name === `${name}_sum`)
      const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')))
      const isAscending = (numbers: number[]): boolean =>
        numbers.every((number, at) => at === 0 || number >= (numbers[at - 1] ?? 0))
      const isClosed = buckets.at(-1)?.labels['le'] === '+Inf' && counts.at(-1) === count
      return hasSum && isClosed && isAscending(counts) && isAscending(bounds)
    },
  )

const rules: Rule[] = [
  ({ help }) => help.trim() === '' && 'has no help text',
  ({ type }) => type === '' && 'has no type',
  ({ name, type }) => type === 'counter' && !name.endsWith('_total') && 'is a counter without _total',
  ({ name, type }) => type !== 'counter' && name.endsWith('_total') && 'is no counter and ends in _total',
  (family) => partsOf(family).some((part) => notBase.has(part)) && 'is not in a base unit',
  (family) => {
    const unit = partsOf(family).findIndex((part) => baseUnits.includes(part))
    const rest = partsOf(family).slice(unit + 1)
    return unit >= 0 && rest.length > 0 && rest.join() !== 'total' && 'has its unit in the middle'
  },
  (family) =>
    partsOf(family)
      .slice(1)
      .some((part) => abbreviations.includes(part)) && 'abbreviates a unit',
  (family) => partsOf(family).slice(1).includes(family.type) && 'has its type in its name',
  ({ name }) => !isSnakeCase(name) && 'is not in snake_case',
  (family) =>
    labelsOf(family).some((label) => !isSnakeCase(label)) && 'has a label that is not in snake_case',
  (family) =>
    labelsOf(family).some((label) => [...baseUnits, ...notBase].some((unit) => label.includes(unit))) &&
    'has a unit in a label',
  ({ name, type }) =>
    /_(bucket|sum|count)$/.test(name) && type !== 'histogram' && 'ends as a part of a histogram does',
  (family) => family.type !== 'histogram' && labelsOf(family).includes('le') && 'has le and is no histogram',
  (family) => labelsOf(family).includes('quantile') && 'has a quantile',
  (family) => family.type === 'histogram' && !isHistogramWhole(family) && 'is half a histogram',
  (family) =>
    family.type !== 'histogram' &&
    family.samples.some(({ name }) => name !== family.name) &&
    'has samples of another name',
  ({ samples }) => new Set(samples.map(placeOf)).size < samples.length && 'says one thing twice',
  ({ name, type, samples }) =>
    type !== 'gauge' &&
    samples.some((sample) => sample.name !== `${name}_sum` && !(sample.value >= 0)) &&
    'counts below zero',
]

/**
 * What is wrong with the metrics of a process; nothing when all is well. Those of other makers are judged
 * too.
 */
export const lintMetrics = (families: Iterable<MetricFamily>): string[] =>
  [...families].flatMap((family) =>
    rules.flatMap((rule) => {
      const fault = rule(family)
      return fault === false ? [] : [`${family.name} ${fault}`]
    }),
  )
