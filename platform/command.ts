import type { z } from 'zod'
import { type ExitCode, helpOf } from './command-help.ts'
import { readWords, type ValuesOf } from './command-words.ts'
import { Failure, messageOf } from './failure.ts'
import { flag, type Option, type Options } from './option.ts'
import { readSettings } from './settings.ts'

/** What a command reads and writes beside its words; `process` is one. */
export type CommandStreams = {
  env: NodeJS.ProcessEnv
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream
}

/** A program that reads its words, does one thing and ends with an exit code. */
export type Command = {
  /** What `--help` prints. */
  help: string
  /**
   * Runs it with the words behind its name and resolves with the exit code. Failures are printed, never
   * thrown.
   */
  run(words: readonly string[], streams: CommandStreams): Promise<number>
}

/** One result, for people and for programs. */
export type Output = {
  /** A whole, or pieces that are written as they come. */
  text: string | AsyncIterable<string>
  /** What `--json` prints: one document, or many with a line each. Without either it prints nothing. */
  json?: unknown
  jsonLines?: AsyncIterable<readonly unknown[]>
}

type CommandContext<Shape extends z.ZodRawShape> = {
  settings: z.infer<z.ZodObject<Shape>>
  environment: NodeJS.ProcessEnv
  /** Says which colours a text may have; `print` writes to it. */
  stdout: NodeJS.WritableStream
  /** For progress. */
  stderr: NodeJS.WritableStream
  /** Resolves when all of it is written: nothing is read ahead of a slow reader. */
  print(output: Output): Promise<void>
}

type CommandDefinition<Declared extends Options, Shape extends z.ZodRawShape, Outcome extends string> = {
  /** As it is typed, up to its options: `npm run audit --`. */
  name: string
  summary: string
  options: Declared
  /** What `--json` prints, where it is not one document. */
  jsonHelp?: string
  /** Lines for the end of `--help`. */
  notes?: readonly string[]
  /** The environment that it reads. */
  settings?: z.ZodObject<Shape>
  /**
   * Finds what is wrong with options that are accepted one by one. An option that is not accepted is missing.
   */
  check?(values: Partial<ValuesOf<Declared>>): string[]
  exitCodes: Record<Outcome, ExitCode>
  /** For anything that `run` throws but `refused`, which is wrong use. */
  failureExitCode?: ExitCode
  run(values: ValuesOf<Declared>, context: CommandContext<Shape>): Promise<Outcome>
}

const wrongUse: ExitCode = [2, 'wrong use: options, settings, or what they name']
const couldNotRun: ExitCode = [2, 'it could not run']

async function* linesOf(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  for await (const documents of batches)
    yield documents.map((document) => `${JSON.stringify(document)}\n`).join('')
}

const jsonText = ({ json, jsonLines }: Output): string | AsyncIterable<string> => {
  if (jsonLines !== undefined) return linesOf(jsonLines)
  return json === undefined ? '' : `${JSON.stringify(json, undefined, 2)}\n`
}

/** Waits for each piece, so that nothing is read ahead of a slow reader. A pipeline would leave listeners. */
const write = async (stream: NodeJS.WritableStream, text: string | AsyncIterable<string>): Promise<void> => {
  for await (const piece of typeof text === 'string' ? [text] : text) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    stream.write(piece, (cause) => (cause ? reject(cause) : resolve()))
    await promise
  }
}

/** Declares a command once: what it accepts and needs, what it does, and what its exit codes mean. */
export const defineCommand = <Declared extends Options, Outcome extends string, Shape extends z.ZodRawShape>(
  definition: CommandDefinition<Declared, Shape, Outcome>,
): Command & {
  /** The values of its options. Throws `refused` with every fault and the help. */
  parse(words: readonly string[]): ValuesOf<Declared> | 'help'
} => {
  const { exitCodes, failureExitCode = couldNotRun } = definition
  const options = {
    ...definition.options,
    json: flag(definition.jsonHelp ?? 'prints the result as one JSON document'),
  }
  const help = helpOf(definition, { ...options, help: flag('prints this') }, [
    ...Object.values<ExitCode>(exitCodes),
    wrongUse,
    failureExitCode,
  ])

  /** Throws `refused` with the faults of the words, and those of the environment, all at once. */
  const parse = (words: readonly string[], environmentFaults: readonly string[] = []) => {
    const faults: string[] = []
    const values = readWords(words, options, faults)
    if (values === 'help') return 'help'
    faults.push(...(definition.check?.(values) ?? []))
    const usage = faults.length === 0 ? [] : ['', help]
    if (faults.length + environmentFaults.length > 0)
      throw new Failure('refused', [...faults, ...environmentFaults, ...usage].join('\n'))
    return values as ValuesOf<Declared & { json: Option<boolean> }>
  }

  const readEnvironment = (env: NodeJS.ProcessEnv, faults: string[]): z.infer<z.ZodObject<Shape>> => {
    try {
      if (definition.settings !== undefined) return readSettings(definition.settings, env)
    } catch (cause) {
      faults.push(messageOf(cause))
    }
    return {} as z.infer<z.ZodObject<Shape>>
  }

  return {
    help,
    parse: (words) => parse(words),
    async run(words, { env, stdout, stderr }) {
      // A failed write is reported to `write`. Its event would end the process if nothing listened.
      stdout.on('error', () => {})
      try {
        const faults: string[] = []
        const settings = readEnvironment(env, faults)
        const values = parse(words, faults)
        if (values === 'help') {
          await write(stdout, `${help}\n`)
          return 0
        }
        const outcome = await definition.run(values, {
          settings,
          environment: env,
          stdout,
          stderr,
          print: (output) => write(stdout, values.json ? jsonText(output) : output.text),
        })
        return exitCodes[outcome][0]
      } catch (cause) {
        // The reader closed the pipe when it had seen enough: `| head`.
        if (cause instanceof Error && 'code' in cause && cause.code === 'EPIPE') return 0
        stderr.write(`${messageOf(cause)}\n`)
        return (cause instanceof Failure && cause.code === 'refused' ? wrongUse : failureExitCode)[0]
      }
    },
  }
}

/** Declares commands that share a name; the first word says which. */
export const defineCommandGroup = (commands: Readonly<Record<string, Command>>): Command => {
  const help = Object.values(commands)
    .map((command) => command.help)
    .join('\n\n')
  const names = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(Object.keys(commands))
  return {
    help,
    async run([word = '', ...words], streams) {
      const command = Object.hasOwn(commands, word) ? commands[word] : undefined
      if (command !== undefined) return command.run(words, streams)
      if (word === '--help' || word === '-h') {
        streams.stdout.write(`${help}\n`)
        return 0
      }
      streams.stderr.write(`expected ${names}, not ${word || 'nothing'}\n\n${help}\n`)
      return wrongUse[0]
    },
  }
}
