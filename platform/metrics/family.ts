/** Label names and values of one sample. */
type Labels = Readonly<Record<string, string | number>>

/** One value, as prom-client takes it. `metricName` is given where it differs from the name of the metric. */
export type Sample = { labels: Labels; value: number; metricName?: string }

/** A number that only grows. */
export type Count = { add(amount: number): void }

/** Counts observed values by bucket. */
export type Histogram = { observe(value: number): void }

/**
 * The child of each list of label values. A look-up costs more than an update: look a child up once and keep
 * it.
 */
export type Family<Child> = (...labelValues: readonly string[]) => Child

type Series<Child> = { child: Child; samples(labels: Labels): Sample[] }

/**
 * Lists of label values that one metric keeps apart. All others become `other`, so the size of a scrape is
 * bounded.
 */
const childrenMax = 500

/** The children of one metric, created when first looked up, and their samples. */
export const createFamily = <Child>(
  labelNames: readonly string[],
  create: () => Series<Child>,
): { child: Family<Child>; samples(): Sample[] } => {
  const family = new Map<string, Series<Child> & { labels: Labels }>()
  const seriesOf = (values: readonly string[]): Series<Child> => {
    const key = values.join('\n')
    const known = family.get(key)
    if (known !== undefined) return known
    if (family.size >= childrenMax && values.some((value) => value !== 'other'))
      return seriesOf(values.map(() => 'other'))
    const labels = Object.fromEntries(labelNames.map((name, index) => [name, values[index] ?? '']))
    const series = { ...create(), labels }
    family.set(key, series)
    return series
  }
  return {
    child: (...values) => seriesOf(values).child,
    samples: () => [...family.values()].flatMap((series) => series.samples(series.labels)),
  }
}

export const createCount = (): Series<Count> => {
  let value = 0
  return {
    child: {
      add(amount) {
        value += amount
      },
    },
    samples: (labels) => [{ labels, value }],
  }
}

/** `bounds` are the upper ends of the buckets, lowest first. */
export const createHistogram = (name: string, bounds: readonly number[]): Series<Histogram> => {
  const counts = new Float64Array(bounds.length + 1)
  let sum = 0
  return {
    child: {
      observe(value) {
        let bucket = 0
        while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1
        counts[bucket] = (counts[bucket] ?? 0) + 1
        sum += value
      },
    },
    samples(labels) {
      let total = 0
      const buckets = [...bounds, '+Inf'].map((le, bucket) => {
        total += counts[bucket] ?? 0
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total }
      })
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: total },
      ]
    },
  }
}
