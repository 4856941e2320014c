import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'
import type { SdkTypes } from './sdk-types.ts'

const ROOT = join(import.meta.dirname, '../..')
const TYPES = join(import.meta.dirname, 'sdk-types.ts')
const PACKAGES = [
  '@anthropic-ai/sdk',
  '@google/genai',
  'ollama',
  'openai',
  'ts-json-schema-generator',
]

type Faults = (messages: unknown) => readonly string[]

/**
 * What is wrong with messages by the types of the format's official client; fields that these do not know are
 * right. Making the schema of the types takes some 10 s; it is kept in `.cache` for the installed versions.
 */
export function findSdkFaults(format: keyof SdkTypes): Faults {
  const ajv = new Ajv({ strict: false, allErrors: false })
  ajv.addSchema(readSchema(), 'sdk')
  const validate: ValidateFunction | undefined = ajv.getSchema(
    `sdk#/definitions/SdkTypes/properties/${format}`,
  )
  if (validate === undefined) throw new Error(`no schema of ${format}`)
  return (messages) => {
    if (validate(messages) === true) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

function readSchema(): object {
  const file = join(ROOT, '.cache', `sdk-schema-${versions()}.json`)
  if (!existsSync(file)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true })
    // Several workers may be at it at once: each puts a whole file there.
    const own = `${file}.${process.pid}`
    writeFileSync(own, JSON.stringify(makeSchema()))
    renameSync(own, file)
  }
  return JSON.parse(readFileSync(file, 'utf8')) as object
}

function makeSchema(): object {
  const tsconfig = join(ROOT, 'tsconfig.json')
  const options = { path: TYPES, tsconfig, type: 'SdkTypes', skipTypeCheck: true }
  return createGenerator({ ...options, additionalProperties: true }).createSchema('SdkTypes')
}

/** Names what the schema is made of. */
function versions(): string {
  const hash = createHash('sha256').update(readFileSync(TYPES))
  for (const name of PACKAGES) {
    hash.update(readFileSync(join(ROOT, 'node_modules', name, 'package.json')))
  }
  return hash.digest('hex').slice(0, 16)
}
