import { gzipSync } from "node:zlib"
import { geoNaturalEarth1 } from "d3-geo"
import { parseFragment } from "parse5"
import { beforeAll, describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { type Atlas, readAtlas, readWorld } from "../../src/cli/local/atlas.ts"
import { drawFace, drawMap, drawRegionMap, drawWorld } from "../../src/cli/local/draw-map.ts"
import { type Country, countries, countriesOf, countryByCode, projectToWorld, worldMap } from "../../src/site/places.ts"

// The largest, the most scattered, across the antimeridian, at the pole, without land in the atlas, with "and" in its name.
const chosen = ["RU", "KI", "FJ", "AQ", "TV", "TJ", "XK", "FR", "GF", "VA"]

describe("locator maps", () => {
  let atlas: Atlas
  beforeAll(() => {
    atlas = readAtlas()
  })

  const draw = (code: string) =>
    drawMap(countryByCode(code) as Country, atlas, { type: "MultiPolygon", coordinates: [] })

  it.each(chosen)("draws %s completely, labelled, small and without invalid numbers", (code) => {
    const svg = draw(code)
    const root = parseFragment(svg).childNodes[0]
    expect(root?.nodeName).toBe("svg")
    expect(svg).toContain(`<title id="t">Map of ${countryByCode(code)?.name}</title>`)
    expect(svg).toContain('width="640" height="400" viewBox="0 0 640 400"')
    expect(svg).toContain("imply no endorsement")
    expect(svg).toContain("prefers-color-scheme:dark")
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(gzipSync(svg).length).toBeLessThan(16_000)
  })

  it.each(
    Object.keys(config.regions),
  )("draws the region %s completely, labelled, small and without invalid numbers", (region) => {
    const svg = drawRegionMap(region, countriesOf(region, config), atlas, { type: "MultiPolygon", coordinates: [] })
    expect(svg).toContain(`<title id="t">Map of ${region}</title>`)
    expect(svg).toMatch(/class="own"[^>]* d="M/)
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(gzipSync(svg).length).toBeLessThan(20_000)
  })

  it("marks islands too small to see on their region's map with dots", () => {
    const svg = drawRegionMap("Pacific", countriesOf("pacific", config), atlas, {
      type: "MultiPolygon",
      coordinates: [],
    })
    expect(svg.match(/<circle class="own"/g)?.length).toBeGreaterThan(10)
  })

  it("highlights every country in the atlas, and marks the others with dots", () => {
    const known = new Set(atlas.lands.map((land) => land.code))
    const unknown = countries.filter(({ code }) => !known.has(code)).map(({ code }) => code)
    expect(unknown).toEqual(["BV", "GI", "TV", "UM"])
    expect(draw("TV")).toContain('<circle class="own"')
    expect(draw("TJ")).toMatch(/class="own"[^>]* d="M/)
  })

  it("assigns land to the territory, not to the state that holds it", () => {
    const of = (code: string) => atlas.lands.filter((land) => land.code === code)
    const near = (code: string, longitude: number) => of(code).some(({ center }) => Math.abs(center[0] - longitude) < 2)
    expect(near("GF", -53)).toBe(true)
    expect(near("FR", -53)).toBe(false)
    expect(near("RE", 55.5)).toBe(true)
    expect(of("BR").length).toBeGreaterThan(2)
    expect(of("DM").length).toBe(1)
  })

  it.each([
    ...chosen.map((code) => [code, () => drawFace([countryByCode(code) as Country], atlas, readWorld())] as const),
    ...Object.keys(config.regions).map(
      (region) => [region, () => drawFace(countriesOf(region, config), atlas, readWorld())] as const,
    ),
  ])("draws the globe of %s in at most 1.5 KB on the wire, with the place on it", (_name, globe) => {
    const svg = globe()
    expect(svg).toMatch(/class="o(?: d)?" [^>]*(?: d="M| cx=)/)
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/)
    // Numbers after `M` without an `l` would be drawn as absolute positions.
    expect(svg).not.toMatch(/d="[^"]*M-?\d+[ -]\d+[ -]/)
    expect(gzipSync(svg).length).toBeLessThanOrEqual(1_536)
  })
})

describe("the map of the world", () => {
  it("is at most 5 KB on the wire", () => {
    expect(gzipSync(drawWorld(readWorld())).length).toBeLessThan(5_000)
  })

  it("has every country but the Antarctic within its frame, where d3 projects it", () => {
    const { width, height, middle, top } = worldMap
    const project = geoNaturalEarth1()
      .rotate([-middle, 0])
      .scale(width / (2 * Math.PI * 0.8707))
      .translate([width / 2, top])
    for (const country of countries) {
      const [x, y] = projectToWorld(country)
      const [right, down] = project([country.longitude, country.latitude]) ?? []
      expect(x * width, country.name).toBeCloseTo(right ?? 0, 3)
      expect(y * height, country.name).toBeCloseTo(down ?? 0, 3)
      if (!["AQ"].includes(country.code))
        for (const part of [x, y]) expect(part > 0 && part < 1, country.name).toBe(true)
    }
  })
})
