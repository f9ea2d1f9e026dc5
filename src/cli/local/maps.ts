// Draws public/maps unless it is up to date: a map and a globe of every country, territory and region, and the world.
import { createHash } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { basename, dirname, join } from "node:path"
import { isMainThread, Worker, workerData } from "node:worker_threads"
import type { MultiPolygon } from "geojson"
import config from "../../../dateline.config.ts"
import { factsOf } from "../../site/country-facts.ts"
import { globePath, mapPath, regionGlobePath, regionMapPath, worldPath } from "../../site/format-address.ts"
import { countries, countriesOf, worldMap } from "../../site/places.ts"
import { inLanguage } from "../../site/site.ts"
import { type Atlas, atlasFile, readAtlas, readWorld, worldFile } from "./atlas.ts"
import { drawFace, drawMap, drawRegionMap, drawWorld } from "./draw-map.ts"

const root = join(import.meta.dirname, "../../..")
const folder = join(root, "public/maps")
const stampFile = join(root, ".cache/maps.stamp")
const sources = ["maps.ts", "atlas.ts", "draw-map.ts", "draw-path.ts"]

/** Draws all maps into `public`, in parallel on all cores. @returns how many were drawn: 0 when they are up to date */
export async function drawMaps(): Promise<number> {
  const jobs = listJobs()
  const stamp = hashInputs()
  const present = existsSync(folder) ? readdirSync(folder).length : 0
  if (present === jobs.length && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return 0
  console.log(`Drawing ${jobs.length} maps…`)
  for (const made of [folder, dirname(stampFile)]) mkdirSync(made, { recursive: true })
  const begun = new Int32Array(new SharedArrayBuffer(4))
  const threads = Array.from({ length: availableParallelism() }, (_, thread) => ({ begun, thread }))
  await Promise.all(threads.map((workerData) => once(new Worker(new URL(import.meta.url), { workerData }), "exit")))
  const names = new Set(jobs.map(([path]) => basename(path)))
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(join(folder, name), { force: true })
  // Written last, so that maps are drawn again after an interrupted run.
  writeFileSync(stampFile, stamp)
  return jobs.length
}

type Job = [path: string, draw: (atlas: Atlas, world: MultiPolygon) => string]

/** Each map's address, and the function that draws it. */
function listJobs(): Job[] {
  return [
    [worldPath, (_, world) => drawWorld(world)],
    ...countries.flatMap((country): Job[] => [
      [mapPath(country.iso3), (...given) => drawMap(country, ...given)],
      [globePath(country.iso3), (...given) => drawFace([country], ...given)],
    ]),
    ...Object.entries(config.regions).flatMap(([region, { name }]): Job[] => {
      const members = countriesOf(region, config)
      return [
        [regionMapPath(region), (...given) => drawRegionMap(inLanguage(name, "en", config), members, ...given)],
        [regionGlobePath(region), (...given) => drawFace(members, ...given)],
      ]
    }),
  ]
}

/** Draws the maps that no other thread has begun. Replaces each file atomically, as a site may be serving it. */
function drawShare({ begun, thread }: { begun: Int32Array; thread: number }): void {
  const [atlas, world] = [readAtlas(), readWorld()]
  const next = join(dirname(stampFile), `map.${process.pid}.${thread}.svg`)
  const jobs = listJobs()
  for (let job = jobs[Atomics.add(begun, 0, 1)]; job !== undefined; job = jobs[Atomics.add(begun, 0, 1)]) {
    const [path, draw] = job
    writeFileSync(next, draw(atlas, world))
    renameSync(next, join(root, "public", path))
  }
}

function hashInputs(): string {
  const areas = countries.map(({ code }) => factsOf(code).area)
  const hash = createHash("sha256").update(JSON.stringify([config.regions, countries, areas, worldMap]))
  for (const file of [...sources.map((name) => join(import.meta.dirname, name)), atlasFile, worldFile])
    hash.update(readFileSync(file))
  return hash.digest("hex")
}

if (import.meta.main) await (isMainThread ? drawMaps() : drawShare(workerData))
