// A process that imports one module and says how long that took.
const before = performance.now()
await import(process.argv[3] ?? '')
process.stdout.write(String(performance.now() - before))

export {}
