// The world as polygons and border lines, each with the country that it belongs to; from Natural Earth (world-atlas).
import { readFileSync } from "node:fs"
import { geoArea, geoCentroid, geoDistance } from "d3-geo"
import type { MultiLineString, MultiPolygon, Polygon, Position } from "geojson"
import { feature, merge, mesh } from "topojson-client"
import type { GeometryCollection, Polygon as PolygonArcs, Topology } from "topojson-specification"
import { type Country, countries } from "../../site/places.ts"

/** Something to draw, with the smallest cap that we know to hold it, so that far things are not projected. */
export interface Piece<Shape> {
  readonly shape: Shape
  readonly center: [number, number]
  /** Radians. */
  readonly radius: number
}

export interface Land extends Piece<Polygon> {
  /** ISO 3166-1 alpha-2, or "" for land that the atlas gives to nobody. */
  readonly code: string
  /** Steradians. */
  readonly area: number
  readonly arcs: PolygonArcs<{ code: string }>
}

export interface Atlas {
  readonly lands: readonly Land[]
  readonly borders: readonly Piece<{ type: "LineString"; coordinates: Position[] }>[]
  readonly topology: Topology
}

// Land without an ISO code in Natural Earth, which shows who holds it. We follow the General Assembly of the United
// Nations, and for Kosovo the user-assigned code XK; every map's credit says that borders imply no endorsement.
const byName = new Map([
  ["Kosovo", "XK"],
  ["Somaliland", "SO"],
  ["N. Cyprus", "CY"],
])
const crimea = { longitude: 34.3, latitude: 45.3, code: "UA" }

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>

/** Where the atlas and its coarse version are on this disk. */
export const atlasFile = new URL(import.meta.resolve("world-atlas/countries-50m.json"))
export const worldFile = new URL(import.meta.resolve("world-atlas/land-110m.json"))

const kmPerRadian = 6371

/** Reads the atlas: every polygon apart, since the pieces of one state may belong to several territories. */
export function readAtlas(): Atlas {
  const topology: Countries = JSON.parse(readFileSync(atlasFile, "utf8"))
  const numeric = new Map(readNumericCodes())
  const lands: Land[] = []
  for (const geometry of topology.objects.countries.geometries) {
    const code = numeric.get(String(geometry.id)) ?? byName.get(nameOf(geometry.properties)) ?? ""
    const rings = geometry.type === "Polygon" ? [geometry.arcs] : geometry.type === "MultiPolygon" ? geometry.arcs : []
    for (const arcs of rings) lands.push(makeLand(topology, { type: "Polygon", arcs, properties: { code } }, code))
  }
  const assigned = giveToTerritories(lands)
  const geometries = assigned.map((land) => land.arcs)
  const filtered = (a: unknown, b: unknown) => codeOf(a) !== codeOf(b)
  const collection = { type: "GeometryCollection" as const, geometries }
  const lines: MultiLineString = mesh(topology, collection, filtered)
  const borders = lines.coordinates.map((coordinates) => makePiece({ type: "LineString" as const, coordinates }))
  return { lands: assigned, borders, topology }
}

/** The outline of some lands, without the borders between them. */
export function mergeLands(atlas: Atlas, lands: readonly Land[]) {
  return merge(
    atlas.topology,
    lands.map((land) => land.arcs),
  )
}

function nameOf(properties: object | undefined): string {
  return properties && "name" in properties ? String(properties.name) : ""
}

function codeOf(geometry: unknown): string {
  return (geometry as PolygonArcs<{ code: string }>).properties?.code ?? ""
}

function* readNumericCodes(): Generator<[string, string]> {
  const file = new URL(import.meta.resolve("world-countries/countries.json"))
  const source: { cca2: string; ccn3: string }[] = JSON.parse(readFileSync(file, "utf8"))
  for (const { cca2, ccn3 } of source) if (ccn3) yield [ccn3, cca2]
}

function makeLand(topology: Topology, arcs: PolygonArcs<{ code: string }>, code: string): Land {
  const shape = feature(topology, arcs).geometry
  return { ...makePiece(shape), code, area: geoArea(shape), arcs }
}

function makePiece<Shape extends Polygon | { type: "LineString"; coordinates: Position[] }>(
  shape: Shape,
): Piece<Shape> {
  const center = geoCentroid(shape)
  const points =
    shape.type === "Polygon" ? (shape.coordinates as Position[][]).flat() : (shape.coordinates as Position[])
  let radius = 0
  for (const point of points) radius = Math.max(radius, geoDistance(center, point as [number, number]))
  return { shape, center, radius }
}

// States that the atlas counts their territories to; "" stands for Australia's in the Indian Ocean.
const holders = new Set(["AU", "FR", "GB", "NL", "NO", "NZ", "US", ""])

/** Natural Earth counts Réunion to France and Svalbard to Norway; a territory with a code of its own gets its land. */
function giveToTerritories(lands: Land[]): Land[] {
  const present = new Set(lands.map((land) => land.code))
  const missing = countries.filter(({ code }) => !present.has(code))
  return lands.map((land) => {
    const territory = holders.has(land.code) ? missing.find((one) => isLandOf(one, land)) : undefined
    const owner = territory?.code ?? (isCrimea(land) ? crimea.code : null)
    return owner ? { ...land, code: owner, arcs: { ...land.arcs, properties: { code: owner } } } : land
  })
}

/** Near the territory's point, and not larger than the territory is. (world-countries knows no area of Svalbard.) */
function isLandOf({ longitude, latitude, area = 62_000 }: Country, land: Land): boolean {
  const size = Math.sqrt(area) / kmPerRadian
  const distance = geoDistance(land.center, [longitude, latitude])
  return distance < Math.max(size * 2, 0.02) && land.area * kmPerRadian ** 2 < area * 1.3
}

function isCrimea(land: Land): boolean {
  return (
    land.code === "RU" && land.radius < 0.04 && geoDistance(land.center, [crimea.longitude, crimea.latitude]) < 0.01
  )
}

let world: MultiPolygon | undefined

/** All land of the world, coarse: for globes. */
export function readWorld(): MultiPolygon {
  if (world !== undefined) return world
  const topology: Topology = JSON.parse(readFileSync(worldFile, "utf8"))
  const land = feature(topology, topology.objects.land as NonNullable<Topology["objects"]["land"]>)
  const geometries = land.type === "FeatureCollection" ? land.features.map((one) => one.geometry) : [land.geometry]
  const polygons = geometries.filter((geometry) => geometry.type === "MultiPolygon")
  world = { type: "MultiPolygon", coordinates: polygons.flatMap((geometry) => geometry.coordinates) }
  return world
}
