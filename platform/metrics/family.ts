/** Label names and values of one sample. */
type Labels = Readonly<Record<string, string | number>>

/** One value, as prom-client takes it; `metricName` where it is not the metric's own. */
export type Sample = { labels: Labels; value: number; metricName?: string }

/** A number that only grows. */
export type Count = { add(amount: number): void }

/** How often what was observed lay below which bound. */
export type Histogram = { observe(value: number): void }

/** One child for each list of label values. Asking for one costs more than using it: ask once and keep it. */
export type Family<Child> = (...labelValues: readonly string[]) => Child

type Series<Child> = { child: Child; samples(labels: Labels): Sample[] }

/** Lists of label values that one metric tells apart. Past it everything is `other`: a scrape stays bounded whatever comes. */
const childrenMax = 500

/** The children of one metric, made when first asked for, and all their samples. */
export const createFamily = <Child>(
  labelNames: readonly string[],
  create: () => Series<Child>,
): { child: Family<Child>; samples(): Sample[] } => {
  const cells = new Map<string, Series<Child> & { labels: Labels }>()
  const cellOf = (values: readonly string[]): Series<Child> => {
    const key = values.join('\n')
    const present = cells.get(key)
    if (present !== undefined) return present
    if (cells.size >= childrenMax && values.some((value) => value !== 'other'))
      return cellOf(values.map(() => 'other'))
    const labels = Object.fromEntries(labelNames.map((name, index) => [name, values[index] ?? '']))
    const made = { ...create(), labels }
    cells.set(key, made)
    return made
  }
  return {
    child: (...values) => cellOf(values).child,
    samples: () => [...cells.values()].flatMap((cell) => cell.samples(cell.labels)),
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

/** `bounds` are upper ends, lowest first. */
export const createHistogram = (name: string, bounds: readonly number[]): Series<Histogram> => {
  const counts = new Float64Array(bounds.length + 1)
  let sum = 0
  return {
    child: {
      observe(value) {
        let at = 0
        while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1
        counts[at] = (counts[at] ?? 0) + 1
        sum += value
      },
    },
    samples(labels) {
      let below = 0
      const buckets = [...bounds, '+Inf'].map((le, at) => {
        below += counts[at] ?? 0
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below }
      })
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: below },
      ]
    },
  }
}
