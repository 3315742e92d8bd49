/** One line of Prometheus' text format. */
export type MetricSample = { name: string; labels: Record<string, string>; value: number }

/**
 * A metric as it is served: its samples are all lines under its name, those of its buckets, sum and count
 * among them.
 */
export type MetricFamily = { name: string; type: string; help: string; samples: MetricSample[] }

const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy
const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (Na[Nn]|[+-]Inf|-?[0-9.]+(?:e[+-]?\d+)?)$/

const readLabels = (text: string): Record<string, string> => {
  const pairs = [...text.matchAll(labelPattern)]
  if (pairs.map(([whole]) => whole).join('') !== text) throw new Error(`no labels: ${text}`)
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]))
}

const readSample = (line: string): MetricSample => {
  const [whole, name = '', labels = '', value = ''] = samplePattern.exec(line) ?? []
  if (whole === undefined) throw new Error(`no sample: ${line}`)
  return {
    name,
    labels: readLabels(labels),
    value: Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN')),
  }
}

/**
 * Reads https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format, stricter than a
 * scraper: every metric has to open with HELP and TYPE, once, and nothing else may stand there.
 */
export const readMetrics = (text: string): Map<string, MetricFamily> => {
  const families = new Map<string, MetricFamily>()
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  let family: MetricFamily | undefined
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, name = '', help = ''] = /^# HELP (\S+) (.+)$/.exec(line) ?? []
    const [, typed, type = ''] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? []
    if (help !== '') {
      if (families.has(name)) throw new Error(`${name} comes twice`)
      family = { name, help, type: '', samples: [] }
      families.set(name, family)
    } else if (family === undefined) throw new Error(`before any metric: ${line}`)
    else if (typed !== undefined) {
      if (typed !== family.name || family.type !== '') throw new Error(`type out of place: ${line}`)
      family.type = type
    } else {
      const sample = readSample(line)
      if (!sample.name.startsWith(family.name)) throw new Error(`under ${family.name}: ${line}`)
      family.samples.push(sample)
    }
  }
  return families
}

/** Metrics as one scrape had them, to ask for single values. */
export type Scrape = {
  readonly families: ReadonlyMap<string, MetricFamily>
  /**
   * The value of the one sample with exactly these labels; `undefined` when there is none. `name` may be that
   * of a bucket, sum or count.
   */
  value(name: string, labels?: Record<string, string>): number | undefined
  /** The values of all samples of a name, by the value of one label. */
  by(name: string, label: string): Record<string, number>
}

/** Labels as text, the same in any order. */
export const labelText = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .toSorted((left, right) => (left < right ? -1 : 1))
    .join()

export const toScrape = (text: string): Scrape => {
  const families = readMetrics(text)
  const samples = [...families.values()].flatMap((family) => family.samples)
  return {
    families,
    value: (name, labels = {}) =>
      samples.find((sample) => sample.name === name && labelText(sample.labels) === labelText(labels))?.value,
    by: (name, label) =>
      Object.fromEntries(
        samples
          .filter((sample) => sample.name === name)
          .map(({ labels, value }) => [labels[label] ?? '', value]),
      ),
  }
}

/** Scrapes a process. */
export const scrape = async (metricsUrl: string): Promise<Scrape> => {
  const response = await fetch(metricsUrl)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${metricsUrl}: ${response.status} ${text}`)
  return toScrape(text)
}
