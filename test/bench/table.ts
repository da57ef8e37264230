// The table that a group of benchmarks prints: ratios beside their limits; absolute times are colour.

export interface BenchRow {
  readonly what: string
  readonly ratio: number | null
  /** What the ratio is to. */
  readonly to: string
  /** The largest ratio, or time in milliseconds, that we accept; `null` where there is none. */
  readonly limit: number | null
  /** Milliseconds; the limit is one of time where there is no ratio. */
  readonly time: number
}

const milliseconds = (time: number): string =>
  time >= 10
    ? `${time.toFixed(1)} ms`
    : time >= 1
      ? `${time.toFixed(2)} ms`
      : `${(time * 1000).toFixed(time >= 0.1 ? 0 : 1)} µs`

const decimals = (value: number): string => value.toFixed(value < 0.1 ? 4 : 3)

export function printRows(title: string, rows: readonly BenchRow[]): void {
  const cells = rows.map(({ what, ratio, to, limit, time }) => {
    const judged = ratio ?? time
    return [
      what,
      ratio === null ? '' : decimals(ratio),
      to,
      limit === null ? '' : ratio === null ? milliseconds(limit) : decimals(limit),
      limit === null ? '' : judged <= limit ? 'within' : 'ABOVE',
      milliseconds(time),
    ]
  })
  const head = ['', 'ratio', 'to', 'limit', '', 'time']
  const widths = head.map((text, column) =>
    Math.max(...[head, ...cells].map((row) => (row[column] ?? text).length)),
  )
  const numeric = [1, 3, 5]
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        numeric.includes(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  process.stdout.write([`\n${title}`, line(head), ...cells.map(line), ''].join('\n'))
}
