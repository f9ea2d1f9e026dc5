// Draws public/maps: {iso3}.svg for every country and territory, {region}.svg for the site's regions; when they are not there or are not of this code and data.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import config from "../../../dateline.config.ts"
import { mapPath, regionMapPath } from "../../site/format-address.ts"
import { countries, countriesOf } from "../../site/places.ts"
import { inLanguage } from "../../site/site.ts"
import { atlasFile, readAtlas, readWorld, worldFile } from "./atlas.ts"
import { drawMap, drawRegionMap } from "./draw-map.ts"

const root = join(import.meta.dirname, "../../..")
const stampFile = join(root, ".cache/maps.stamp")

/** Draws all maps into `public`; returns how many were drawn, 0 when they are up to date. */
export function drawMaps(): number {
  const folder = join(root, "public/maps")
  const stamp = hashInputs()
  const regions = Object.entries(config.regions)
  const files = new Set([
    ...countries.map(({ iso3 }) => fileName(mapPath(iso3))),
    ...regions.map(([region]) => fileName(regionMapPath(region))),
  ])
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".svg")) : []
  const complete = present.filter((name) => files.has(name)).length === files.size
  if (complete && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return 0
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(root, ".cache"), { recursive: true })
  rmSync(stampFile, { force: true })
  for (const name of present) if (!files.has(name)) rmSync(join(folder, name))
  const atlas = readAtlas()
  const world = readWorld()
  for (const country of countries)
    writeFileSync(join(folder, fileName(mapPath(country.iso3))), drawMap(country, atlas, world))
  for (const [region, { name }] of regions) {
    const called = inLanguage(name, "en", config)
    const map = drawRegionMap(called, countriesOf(region, config), atlas, world)
    writeFileSync(join(folder, fileName(regionMapPath(region))), map)
  }
  // Last: a run that was broken off leaves no stamp, and the next one draws again.
  writeFileSync(stampFile, stamp)
  return files.size
}

function fileName(path: string): string {
  return path.slice("/maps/".length)
}

function hashInputs(): string {
  const code = ["maps.ts", "atlas.ts", "draw-map.ts", "draw-path.ts", "../../site/places.generated.ts"]
  const hash = createHash("sha256")
  for (const file of code) hash.update(readFileSync(join(import.meta.dirname, file)))
  hash.update(JSON.stringify(config.regions))
  for (const file of [atlasFile, worldFile]) hash.update(readFileSync(file))
  return hash.digest("hex")
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const started = Date.now()
  const drawn = drawMaps()
  if (drawn > 0) console.log(`Drew ${drawn} maps in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
