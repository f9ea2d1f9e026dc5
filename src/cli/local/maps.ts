// Draws public/maps unless it is up to date: a map and a globe of every country, territory and region, and the world.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import config from "../../../dateline.config.ts"
import { factsOf } from "../../site/facts.ts"
import { globePath, mapPath, regionGlobePath, regionMapPath, worldPath } from "../../site/format-address.ts"
import { countries, countriesOf, worldMap } from "../../site/places.ts"
import { inLanguage } from "../../site/site.ts"
import { atlasFile, readAtlas, readWorld, worldFile } from "./atlas.ts"
import { drawGlobeOf, drawMap, drawRegionGlobe, drawRegionMap, drawWorld } from "./draw-map.ts"

const root = join(import.meta.dirname, "../../..")
const folder = join(root, "public/maps")
const stampFile = join(root, ".cache/maps.stamp")
const sources = ["maps.ts", "atlas.ts", "draw-map.ts", "draw-path.ts"]

/** Draws all maps into `public`. @returns how many were drawn: 0 when they are up to date */
export function drawMaps(): number {
  const regions = Object.entries(config.regions)
  const count = 2 * (countries.length + regions.length) + 1
  const stamp = hashInputs()
  const present = existsSync(folder) ? readdirSync(folder).length : 0
  if (present === count && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return 0
  rmSync(folder, { recursive: true, force: true })
  for (const made of [folder, join(root, ".cache")]) mkdirSync(made, { recursive: true })
  const atlas = readAtlas()
  const world = readWorld()
  const write = (path: string, map: string) => writeFileSync(join(root, "public", path), map)
  write(worldPath, drawWorld(world))
  for (const country of countries) {
    write(mapPath(country.iso3), drawMap(country, atlas, world))
    write(globePath(country.iso3), drawGlobeOf(country, atlas, world))
  }
  for (const [region, { name }] of regions) {
    const title = inLanguage(name, "en", config)
    const members = countriesOf(region, config)
    write(regionMapPath(region), drawRegionMap(title, members, atlas, world))
    write(regionGlobePath(region), drawRegionGlobe(members, atlas, world))
  }
  // Written last, so that maps are drawn again after an interrupted run.
  writeFileSync(stampFile, stamp)
  return count
}

function hashInputs(): string {
  const areas = countries.map(({ code }) => factsOf(code).area)
  const hash = createHash("sha256").update(JSON.stringify([config.regions, countries, areas, worldMap]))
  for (const file of [...sources.map((name) => join(import.meta.dirname, name)), atlasFile, worldFile])
    hash.update(readFileSync(file))
  return hash.digest("hex")
}

if (import.meta.main) {
  const started = Date.now()
  const drawn = drawMaps()
  if (drawn > 0) console.log(`Drew ${drawn} maps in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
