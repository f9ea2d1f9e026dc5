// The quick reader of front matter must not differ from the yaml package's parser in anything.
import fc from "fast-check"
import { expect, it } from "vitest"
import { readSimpleYaml } from "../../src/article/simple-yaml.ts"
import { type Path, readYaml } from "../../src/article/yaml.ts"

const words =
  "water 12 2003-04-25 09:30 true null ~ é 水 😀 /old/path ./a.png https://example.org/?a=b l’eau C++ - ?".split(" ")
const keys = "title summary map lead topics image X1 constructor toString".split(" ")
const signs = [..." \t\n\r\u0000\u0002\u001f\u0085\u00a0\u2028\ufeff\\-?:,[]{}#&*!|>'\"%@`/.()<=+$^~_A1"]
const more = ": |:\n| #|, |\n  |\n   |\r\n|\n\n|\n---\n|\n...\n|\n- |\n#|<<|''|\\n|\ud800|".split("|")

const text = joined(fc.constantFrom(...words), " ")
const scalar = fc.tuple(fc.constantFrom("", '"', "'"), text).map(([quote, inside]) => quote + inside + quote)
const comma = fc.constantFrom(", ", ",", " , ")
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  comma.chain((between) => joined(scalar, between)).map((list) => `[${list}]`),
)
const line = fc
  .tuple(fc.constantFrom(...keys), value, fc.constantFrom("", " ", "\n", "\r"))
  .map(([key, written, end]) => `${key}: ${written}${end}\n`)
const change = fc.record({ at: fc.nat(150), length: fc.nat(1), sign: fc.constantFrom(...signs, ...more) })
/** Lines that the quick reader accepts, with up to three characters replaced, added or removed. */
const front = fc
  .tuple(joined(line, ""), fc.array(change, { maxLength: 3 }))
  .map(([lines, changes]) =>
    changes.reduce((now, { at, length, sign }) => now.slice(0, at) + sign + now.slice(at + length), lines),
  )

function joined(part: fc.Arbitrary<string>, between: string) {
  return fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(between))
}

/** All that front matter says: values, mistakes, texts, and the offsets of every path. */
function readAll(source: string, readSimple: typeof readSimpleYaml) {
  const { map, mistakes } = readYaml(source, readSimple)
  const pathsIn = (inside: unknown, path: Path): Path[] => {
    const names = inside !== null && typeof inside === "object" ? Object.keys(inside) : []
    return [path, ...names.flatMap((name) => pathsIn((inside as Record<string, unknown>)[name], [...path, name]))]
  }
  const paths = [...pathsIn(map.value, []), ...map.texts.map(({ path }) => path), ["missing"], ["title", 0, "x"]]
  return { value: map.value, mistakes, texts: map.texts, offsets: paths.map((path) => [path, map.find(path)]) }
}

it("reads exactly what the yaml package reads", () => {
  let quick = 0
  const compare = (source: string) => {
    if (readSimpleYaml(source) === null) return
    quick++
    expect(readAll(source, readSimpleYaml)).toStrictEqual(readAll(source, () => null))
  }
  fc.assert(fc.property(front, compare), { numRuns: 10_000 })
  expect(quick).toBeGreaterThan(2000)
})
