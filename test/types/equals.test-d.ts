// Files named *.test-d.ts are never run: `npm run types` compiles them, and that is the test. A line that must not
// compile stands under `@ts-expect-error`, which is itself an error where the line compiles.
import { expectType, type Equals } from './equals.js'

expectType<Equals<{ readonly a: 1 }, { readonly a: 1 }>>()

// @ts-expect-error `any` would make every assertion pass
expectType<Equals<unknown, any>>() // eslint-disable-line @typescript-eslint/no-explicit-any

// @ts-expect-error readonly matters
expectType<Equals<{ readonly a: 1 }, { a: 1 }>>()
