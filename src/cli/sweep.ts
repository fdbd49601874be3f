/** Options that take a list: every combination of their values is a cell of a grid. */
import type { Command, Option } from 'commander';

/** Flags of which some may be lists. */
export type Swept<F> = { readonly [K in keyof F]: F[K] | readonly NonNullable<F[K]>[] };

/** Lets options of this command take lists like `3,5,7`, but for these; call it when all have been added. */
export function allowLists(command: Command, except: readonly string[]): void {
  for (const option of command.options) {
    if (option.required && !except.includes(option.attributeName())) allowList(option);
  }
}

/** Every combination, the last list changing fastest; without a list, the flags themselves. */
export function cellsOf<F extends object>(flags: Swept<F>): F[] {
  const entries: [string, unknown][] = Object.entries(flags);
  const cells = entries.reduce<[string, unknown][][]>(
    (combinations, [name, value]) =>
      combinations.flatMap((cell) =>
        (Array.isArray(value) ? value : [value]).map((one: unknown) => [
          ...cell,
          [name, one] satisfies [string, unknown],
        ]),
      ),
    [[]],
  );
  return cells.map((cell) => Object.fromEntries(cell) as F);
}

function allowList(option: Option): void {
  const parse = option.parseArg ?? ((text: string) => text);
  option.argParser((text: string) =>
    text.includes(',')
      ? text.split(',').map((part) => parse.call(option, part.trim(), undefined))
      : parse.call(option, text, undefined),
  );
}
