import { createProgressDisplay } from '../../platform/progress-display.ts'
import { createPicturesCommand } from './command.ts'

const picturesCommand = createPicturesCommand(createProgressDisplay(process.stderr))
process.exitCode = await picturesCommand.run(process.argv.slice(2), process)
