import { listenersCommandLine, listenersOptions, listenersPlanOf } from '../arguments/listeners.ts'
import { listenersReport } from '../report/listeners.ts'
import { runListeners } from '../scenarios/listeners.ts'
import { refuseTooFewFiles } from '../scenarios/refuse-too-few-files.ts'
import { defineLoad } from './define-load.ts'

export const listenersCommand = defineLoad({
  name: 'listeners',
  summary: 'Measures what open streams of events take from the presses of a burst.',
  options: listenersOptions,
  planOf: listenersPlanOf,
  commandLine: listenersCommandLine,
  // The API has all of them, and the process of the listeners as many as the generator may open.
  requireRoom: ({ listeners, consoles, connections }) =>
    refuseTooFewFiles(listeners + consoles + connections),
  run: (plan, dependencies, { settings }) =>
    runListeners(plan, { ...dependencies, adminToken: settings.ADMIN_TOKEN }),
  report: listenersReport,
  bar: {
    outcome: 'hindered',
    exitCode: [1, 'HINDERED: beside them the API answered fewer presses a second than the bar'],
    isMissed: ({ ratio, ratioMin }) => ratio.median < ratioMin,
  },
})
