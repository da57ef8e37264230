// As much of JSON Schema (draft 2020-12) as this project's schemas use, and not a keyword more: an unknown one throws,
// so that no part of a schema is passed over in silence.

export type Schema = Readonly<Record<string, unknown>>

const annotations = new Set(['$schema', '$defs', 'title', 'description'])

const patterns = new Map<string, RegExp>()
function patternOf(source: string): RegExp {
  const pattern = patterns.get(source) ?? new RegExp(source, 'u')
  patterns.set(source, pattern)
  return pattern
}

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value

const has = (type: string, value: unknown): boolean =>
  type === 'integer' ? Number.isInteger(value) : typeOf(value) === type

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeOf(value) === 'object'

const entries = new WeakMap<Schema, readonly (readonly [string, unknown])[]>()
function entriesOf(schema: Schema): readonly (readonly [string, unknown])[] {
  const known = entries.get(schema) ?? Object.entries(schema).filter(([keyword]) => !annotations.has(keyword))
  entries.set(schema, known)
  return known
}

/** Every way in which a value is not what the schema says; empty means valid. */
export function violations(root: Schema, value: unknown, schema: Schema = root, path = '$'): string[] {
  const down = (next: unknown, sub: unknown, at: string): string[] =>
    violations(root, sub, next as Schema, at)
  const broken: string[] = []
  const fail = (problem: string): number => broken.push(`${path}: ${problem}`)
  for (const [keyword, rule] of entriesOf(schema)) {
    switch (keyword) {
      case '$ref': {
        const name = /^#\/\$defs\/(\w+)$/.exec(String(rule))?.[1] ?? ''
        const target = (root['$defs'] as Readonly<Record<string, unknown>> | undefined)?.[name]
        if (target === undefined) throw new Error(`no definition for ${String(rule)}`)
        broken.push(...down(target, value, path))
        break
      }
      case 'anyOf': {
        const branches = (rule as readonly unknown[]).map((branch) => down(branch, value, path))
        if (!branches.some((problems) => problems.length === 0))
          fail(`none of: ${branches.flat().join('; ')}`)
        break
      }
      case 'type':
        if (!(Array.isArray(rule) ? rule : [rule]).some((type) => has(String(type), value)))
          fail(`is ${typeOf(value)}, not ${String(rule)}`)
        break
      case 'const':
        if (value !== rule) fail(`is not ${String(rule)}`)
        break
      case 'enum':
        if (!(rule as readonly unknown[]).includes(value)) fail(`${String(value)} is not in the list`)
        break
      case 'pattern':
        if (typeof value === 'string' && !patternOf(String(rule)).test(value))
          fail(`does not match ${String(rule)}`)
        break
      case 'minLength':
        if (typeof value === 'string' && value.length < Number(rule)) fail('is too short')
        break
      case 'maxLength':
        if (typeof value === 'string' && Array.from(value).length > Number(rule)) fail('is too long')
        break
      case 'minItems':
        if (Array.isArray(value) && value.length < Number(rule)) fail('has too few items')
        break
      case 'maxItems':
        if (Array.isArray(value) && value.length > Number(rule)) fail('has too many items')
        break
      case 'minProperties':
        if (isObject(value) && Object.keys(value).length < Number(rule)) fail('has too few members')
        break
      case 'minimum':
        if (typeof value === 'number' && value < Number(rule)) fail('is too small')
        break
      case 'maximum':
        if (typeof value === 'number' && value > Number(rule)) fail('is too large')
        break
      case 'required':
        for (const name of rule as readonly string[])
          if (isObject(value) && !(name in value)) fail(`has no ${name}`)
        break
      case 'properties':
        for (const [name, sub] of Object.entries(rule as Schema))
          if (isObject(value) && name in value) broken.push(...down(sub, value[name], `${path}.${name}`))
        break
      case 'additionalProperties':
        for (const name of isObject(value) ? Object.keys(value) : []) {
          if (name in ((schema['properties'] as Schema | undefined) ?? {})) continue
          if (rule === false) fail(`has an unknown ${name}`)
          else if (isObject(value)) broken.push(...down(rule, value[name], `${path}.${name}`))
        }
        break
      case 'items':
        if (Array.isArray(value))
          value.forEach((item, index) => broken.push(...down(rule, item, `${path}[${String(index)}]`)))
        break
      default:
        throw new Error(`${path}: the keyword ${keyword} is not implemented`)
    }
  }
  return broken
}

/** All schemas inside a schema, itself first. */
export function subschemas(schema: unknown): Schema[] {
  if (Array.isArray(schema)) return schema.flatMap(subschemas)
  if (!isObject(schema)) return []
  return [schema, ...Object.values(schema).flatMap(subschemas)]
}
