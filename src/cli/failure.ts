// What ends a command: a message for the editor and an exit code.

/** 1 the content is wrong, 2 the command is wrong, 3 conflict, 4 the site could not be reached or refused. */
export type ExitCode = 1 | 2 | 3 | 4

export class CLIError extends Error {
  override readonly name = "CLIError"
  readonly code: ExitCode
  constructor(message: string, code: ExitCode) {
    super(message)
    this.code = code
  }
}
