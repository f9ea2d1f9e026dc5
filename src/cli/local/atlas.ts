// Reads the world from Natural Earth (world-atlas) as border lines and polygons, each polygon with its country.
import { readFileSync } from "node:fs"
import { geoArea, geoCentroid, geoDistance } from "d3-geo"
import type { LineString, MultiPolygon, Polygon, Position } from "geojson"
import { feature, mesh } from "topojson-client"
import type { GeometryCollection, Polygon as PolygonArcs, Topology } from "topojson-specification"
import { factsOf } from "../../site/country-facts.ts"
import { type Country, countries } from "../../site/places.ts"

/** A shape to draw, with a spherical cap that encloses it, so that distant pieces need not be projected. */
export interface Piece<Shape> {
  readonly shape: Shape
  readonly center: [number, number]
  /** Radians. */
  readonly radius: number
}

export interface Land extends Piece<Polygon> {
  /** ISO 3166-1 alpha-2, or "" for land that the atlas assigns to no country. */
  readonly code: string
  /** Steradians. */
  readonly area: number
  readonly arcs: PolygonArcs
}

export type Atlas = ReturnType<typeof readAtlas>

// Land without an ISO code in Natural Earth, which shows de facto control. We follow the UN General Assembly, and use
// the user-assigned code XK for Kosovo. Every map's description says that borders imply no endorsement.
const byName: Readonly<Record<string, string>> = { Kosovo: "XK", Somaliland: "SO", "N. Cyprus": "CY" }
const crimea: [number, number] = [34.3, 45.3]

export const atlasFile = new URL(import.meta.resolve("world-atlas/countries-50m.json"))
export const worldFile = new URL(import.meta.resolve("world-atlas/land-110m.json"))

const countriesFile = new URL(import.meta.resolve("world-countries/countries.json"))

const kmPerRadian = 6371

/** Reads the atlas. Every polygon is separate, since parts of one state may belong to several territories. */
export function readAtlas() {
  const topology: Topology<{ countries: GeometryCollection<{ name: string }> }> = readJson(atlasFile)
  const source: { cca2: string; ccn3: string }[] = readJson(countriesFile)
  const numeric = new Map(source.map(({ cca2, ccn3 }) => [ccn3, cca2]))
  const found: Land[] = []
  for (const geometry of topology.objects.countries.geometries) {
    const code = numeric.get(String(geometry.id)) ?? byName[(geometry.properties as { name: string }).name] ?? ""
    const rings = geometry.type === "Polygon" ? [geometry.arcs] : geometry.type === "MultiPolygon" ? geometry.arcs : []
    for (const arcs of rings) found.push(makeLand(topology, { type: "Polygon", arcs }, code))
  }
  const lands = assignTerritories(found)
  const geometries = lands.map(({ arcs, code }) => ({ ...arcs, properties: { code } }))
  const lines = mesh(topology, { type: "GeometryCollection", geometries }, (a, b) => codeOf(a) !== codeOf(b))
  const borders = lines.coordinates.map((coordinates) => makePiece({ type: "LineString" as const, coordinates }))
  return { lands, borders, topology }
}

const readJson = (file: URL) => JSON.parse(readFileSync(file, "utf8"))

const codeOf = (geometry: unknown) => (geometry as PolygonArcs<{ code: string }>).properties?.code

function makeLand(topology: Topology, arcs: PolygonArcs, code: string): Land {
  const shape = feature(topology, arcs).geometry
  return { ...makePiece(shape), code, area: geoArea(shape), arcs }
}

function makePiece<Shape extends Polygon | LineString>(shape: Shape): Piece<Shape> {
  const center = geoCentroid(shape)
  const points: Position[] = shape.type === "Polygon" ? shape.coordinates.flat() : shape.coordinates
  const radius = points.reduce((most, point) => Math.max(most, geoDistance(center, point as [number, number])), 0)
  return { shape, center, radius }
}

// States whose land in the atlas includes territories; "" is for Australia's territories in the Indian Ocean.
const holders = new Set(["AU", "FR", "GB", "NL", "NO", "NZ", "US", ""])

/** Assigns land to territories with their own code: Natural Earth puts Réunion in France and Svalbard in Norway. */
function assignTerritories(lands: readonly Land[]): Land[] {
  const present = new Set(lands.map((land) => land.code))
  const missing = countries.filter(({ code }) => !present.has(code))
  return lands.map((land) => {
    const territory = holders.has(land.code) ? missing.find((one) => isLandOf(one, land)) : undefined
    return { ...land, code: territory?.code ?? (isCrimea(land) ? "UA" : land.code) }
  })
}

/** Whether the land is near the territory's point and hardly larger. Svalbard has no area in the data. */
function isLandOf({ code, longitude, latitude }: Country, land: Land): boolean {
  const { area = 62_000 } = factsOf(code)
  const size = Math.sqrt(area) / kmPerRadian
  const distance = geoDistance(land.center, [longitude, latitude])
  return distance < Math.max(size * 2, 0.02) && land.area * kmPerRadian ** 2 < area * 1.3
}

const isCrimea = (land: Land) => land.code === "RU" && land.radius < 0.04 && geoDistance(land.center, crimea) < 0.01

let world: MultiPolygon | undefined

/** All the world's land at low resolution, for globes. */
export function readWorld(): MultiPolygon {
  if (world !== undefined) return world
  const topology: Topology<{ land: GeometryCollection }> = readJson(worldFile)
  const shapes = feature(topology, topology.objects.land).features.map(({ geometry }) => geometry)
  const polygons = shapes.filter((shape) => shape.type === "MultiPolygon")
  world = { type: "MultiPolygon", coordinates: polygons.flatMap(({ coordinates }) => coordinates) }
  return world
}
