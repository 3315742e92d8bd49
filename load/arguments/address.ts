import { type Option, optional } from '../../platform/option.ts'

/** Whether this is an address without a path. */
const isOrigin = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && url.protocol === 'http:' && (url.pathname === '/' || url.pathname === '')
}

/** `--url`: the API. */
export const originOption: Option<string | undefined> = optional({
  placeholder: 'URL',
  help: 'the API, instead of API_URL of the environment',
  expected: 'an origin as in http://127.0.0.1:8080',
  parse: (text) => (isOrigin(text) ? text : undefined),
})

/** `--metrics`: the metrics of the API. */
export const metricsOption: Option<string | undefined> = optional({
  placeholder: 'URL',
  help: 'its /metrics, instead of METRICS_HOST and API_METRICS_PORT of the environment',
  expected: 'an address as in http://127.0.0.1:9464/metrics',
  parse: (text) => (URL.canParse(text) ? text : undefined),
})
