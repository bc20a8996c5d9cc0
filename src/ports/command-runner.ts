/** Runs a program without a shell. The edge implements it with @actions/exec. */
export interface CommandRunner {
  run(program: string, arguments_: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the inherited environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | string;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
