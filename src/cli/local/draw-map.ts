// Draws maps as SVG: a country or region among its neighbours, its globe, and the world.
import {
  type GeoPermissibleObjects,
  type GeoProjection,
  geoAzimuthalEqualArea,
  geoCentroid,
  geoDistance,
  geoNaturalEarth1,
  geoOrthographic,
  geoPath,
} from "d3-geo"
import type { MultiPolygon } from "geojson"
import { merge } from "topojson-client"
import { escapeHtml } from "../../render/html.ts"
import { type Country, worldMap } from "../../site/places.ts"
import type { Atlas, Land, Piece } from "./atlas.ts"
import { drawPath, type Point } from "./draw-path.ts"

const width = 640
const height = 400
const degrees = Math.PI / 180
// The share of the picture that a country or region may fill, and how far we zoom in on a small country.
const fill = 0.52
const regionFill = 0.8
const closest = 2.5 * degrees
// We zoom out from a remote island until enough other land is in view to place it.
const farthest = 11 * degrees
const enoughLand = 0.01 * width * height
// In steradians. Smaller islets do not widen a region's frame.
const smallestFrame = 1e-5
// In square pixels. A smaller country is marked with rings as well as its colour.
const smallestSeen = 500

export function drawMap(country: Country, atlas: Atlas, world: MultiPolygon): string {
  const own = landsOf([country], atlas).sort((a, b) => b.area - a.area)
  const main = chooseMain(own)
  const from = pointOf(country, own)
  const others = atlas.lands.filter((land) => land.code !== country.code)
  let half = closest
  let view = makeView(from, main, half, fill)
  while (half * 2 <= farthest && !view.hasLand(others)) {
    half *= 2
    view = makeView(from, main, half, fill)
  }
  const marks = drawMarks(country, own, view.projection)
  return drawSheet(country.name, own, view, atlas, [marks, drawGlobe(from, world)])
}

/** Draws all countries of a region, framing the nearest nine in ten, as some are a hemisphere away. */
export function drawRegionMap(name: string, members: readonly Country[], atlas: Atlas, world: MultiPolygon): string {
  const own = landsOf(members, atlas)
  const middle = middleOf(members, own)
  const far = members.map((country) => geoDistance(pointOf(country), middle)).sort((a, b) => a - b)
  const reach = (far[Math.floor(far.length * 0.9)] ?? 0) + 3 * degrees
  const main = own.filter(({ center, area }) => geoDistance(center, middle) < reach && area > smallestFrame)
  const view = makeView(middle, main, farthest, regionFill)
  const dots = members.map((country) => drawDot(country, own, view.projection))
  return drawSheet(name, own, view, atlas, [...dots, drawGlobe(middle, world)])
}

/** Draws a dot for a country too small to see on its region's map. */
function drawDot(country: Country, all: readonly Land[], projection: GeoProjection): string {
  const own = all.filter(({ code }) => code === country.code)
  const [x, y] = projection(pointOf(country, own)) ?? [0, 0]
  const outside = x < 4 || y < 4 || x > width - 4 || y > height - 4
  return outside || geoPath(projection).area(join(own)) > 8 ? "" : dot([x, y], 2.5)
}

function drawSheet(name: string, own: readonly Land[], view: View, atlas: Atlas, more: readonly string[]): string {
  const { projection, sees } = view
  const arcs = atlas.lands.filter(sees).map((land) => land.arcs)
  const lines = atlas.borders.filter(sees).map(({ shape }) => shape.coordinates)
  const path = (shape: GeoPermissibleObjects, least?: number) => drawPath(shape, projection, { least })
  const text = escapeHtml(name)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">Map of ${text}</title>`,
    `<desc id="d">${text} among its neighbours, and its place on the globe. Data: Natural Earth. The borders shown imply no endorsement.</desc>`,
    `<style>${style}</style>`,
    `<path class="sea" fill="#f3eddf" d="M0 0H${width}V${height}H0z"/>`,
    // Coordinates are whole tenths of a pixel, which are shorter than decimals.
    `<g transform="scale(.1)">`,
    `<path class="land" fill="#e4dac4" stroke="#cbbfa4" stroke-width="7" d="${path(merge(atlas.topology, arcs))}"/>`,
    `<path class="own" fill="#a1361a" d="${path(join(own.filter(sees)), 0.3)}"/>`,
    `<path class="border" fill="none" stroke="#fbfaf5" stroke-width="8" stroke-linejoin="round" d="${path({ type: "MultiLineString", coordinates: lines })}"/>`,
    `</g>`,
    ...more,
    `</svg>\n`,
  ].join("")
}

const style = `@media (prefers-color-scheme:dark){.sea{fill:#1b1f24}.land{fill:#383b40;stroke:#4c5056}.own{fill:#f2a184}.border{stroke:#14161a}.mark{stroke:#f2a184}.globe{fill:#23272d;stroke:#5a5e64}.world{fill:#4c5056}}`

/** The pieces that the picture must show: the largest, those near it, and any others that are large. */
function chooseMain(own: readonly Land[]): readonly Land[] {
  const largest = largestOf(own)
  if (largest === undefined) return []
  const near = largest.radius + 4 * degrees
  return own.filter(({ area, center }) => area > largest.area * 0.1 || geoDistance(center, largest.center) < near)
}

type View = ReturnType<typeof makeView>

/** `first`: the approximate centre, in degrees. `half`: the least to show above and below the centre, in radians. */
function makeView(first: Point, main: readonly Land[], half: number, filled: number) {
  const frame = join(main)
  const box: [Point, Point] = [
    [(width * (1 - filled)) / 2, (height * (0.9 - filled)) / 2],
    [(width * (1 + filled)) / 2, (height * (1.1 + filled)) / 2],
  ]
  const frameFrom = (center: Point) => {
    const projection = geoAzimuthalEqualArea().rotate([-center[0], -center[1]]).precision(0.4)
    return main.length > 0 ? projection.fitExtent(box, frame) : projection.translate([width / 2, height / 2]).scale(1e9)
  }
  const center = frameFrom(first).invert?.([width / 2, height / 2]) ?? first
  const projection = frameFrom(center)
  const [x, y] = projection.translate()
  const scale = Math.min(projection.scale(), height / 2 / half)
  const shrink = scale / projection.scale()
  projection.scale(scale).translate([width / 2 + (x - width / 2) * shrink, height / 2 + (y - height / 2) * shrink])
  const corners = [0, width].flatMap((left) => [0, height].map((top) => projection.invert?.([left, top]) ?? center))
  // A corner off the globe has no distance (NaN): then the whole globe is in view.
  const radius = Math.max(...corners.map((corner) => geoDistance(center, corner))) * 1.05 || Math.PI
  projection.clipAngle(Math.min(179.9, radius / degrees)).clipExtent([
    [-4, -4],
    [width + 4, height + 4],
  ])
  const sees = (piece: Piece<unknown>) => geoDistance(piece.center, center) < piece.radius + radius
  /** Whether enough of these lands is in view to show where the country is. */
  const hasLand = (lands: readonly Land[]) => geoPath(projection).area(join(lands.filter(sees))) >= enoughLand
  return { projection, sees, hasLand }
}

function join(lands: readonly Land[]): MultiPolygon {
  return { type: "MultiPolygon", coordinates: lands.map((land) => land.shape.coordinates) }
}

function landsOf(members: readonly Country[], { lands }: Atlas): Land[] {
  const codes = new Set(members.map(({ code }) => code))
  return lands.filter(({ code }) => codes.has(code))
}

/** The middle of a country, or of all countries of a region. */
function middleOf(members: readonly Country[], own: readonly Land[]): Point {
  const [country] = members
  if (country !== undefined && members.length === 1) return pointOf(country, own)
  return geoCentroid({ type: "MultiPoint", coordinates: members.map((one) => pointOf(one)) })
}

const largestOf = (lands: readonly Land[]) => lands.toSorted((a, b) => b.area - a.area)[0]

/** The centre of the country's largest piece of land, or its point in the list of countries if it has none. */
function pointOf({ longitude, latitude }: Country, own: readonly Land[] = []): Point {
  return largestOf(own)?.center ?? [longitude, latitude]
}

/** Draws rings around islands too small to be seen by colour alone, and a dot where the atlas has no land. */
function drawMarks(country: Country, own: readonly Land[], projection: GeoProjection): string {
  const path = geoPath(projection)
  if (path.area(join(own)) > smallestSeen) return ""
  const place = projection(pointOf(country)) ?? [0, 0]
  const boxes = own.length > 0 ? own.map(({ shape }) => path.bounds(shape)) : [[place, place] as const]
  const rings: [x: number, y: number, radius: number][] = []
  for (const [[left, top], [right, bottom]] of boxes) {
    const radius = Math.max(14, Math.hypot(right - left, bottom - top) / 2 + 7)
    const [x, y] = [(left + right) / 2, (top + bottom) / 2]
    const crosses = rings.some((ring) => Math.hypot(ring[0] - x, ring[1] - y) < ring[2] + radius)
    if (Number.isFinite(x) && !crosses) rings.push([x, y, radius])
  }
  const circles = rings.map(
    ([x, y, radius]) =>
      `<circle class="mark" fill="none" stroke="#a1361a" stroke-width="2" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}"/>`,
  )
  return (own.length > 0 ? "" : dot(place, 4)) + circles.join("")
}

function dot([x, y]: Point, radius: number): string {
  return `<circle class="own" fill="#a1361a" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}"/>`
}

/**
 * Draws the globe shown for a story without a picture, in the colours of the social cards, centred on its country or
 * on all countries of its region. A place too small to see is marked with a dot.
 */
export function drawFace(members: readonly Country[], atlas: Atlas, world: MultiPolygon): string {
  const own = landsOf(members, atlas)
  const [longitude, latitude] = middleOf(members, own)
  const projection = geoOrthographic().rotate([-longitude, -latitude]).scale(100).translate([100, 100]).precision(0)
  const arcs = own.map((land) => land.arcs)
  const shape = merge(atlas.topology, arcs)
  const seen = geoPath(projection).area(shape) > 120
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 200 200"><style>${faceStyle}</style>`,
    `<circle class="s" fill="#f3eddf" cx="100" cy="100" r="100"/>`,
    `<path class="l" fill="#dfd5bf" d="${drawPath(world, projection, coarse)}"/>`,
    `<path class="o" fill="#a1361a" d="${drawPath(shape, projection, coarse)}"/>`,
    seen ? "" : `<circle class="o d" fill="#a1361a" cx="100" cy="100" r="7" stroke="#fbfaf5" stroke-width="4"/>`,
    `</svg>\n`,
  ].join("")
}

const coarse = { least: 8, tolerance: 1, units: 1 }
const faceStyle = `@media (prefers-color-scheme:dark){.s{fill:#23272d}.l{fill:#474a4d}.o{fill:#f2a184}.d{stroke:#14161a}}`

/** Draws the world without borders, as the background of the front page's pins. */
export function drawWorld(world: MultiPolygon): string {
  const { width, height, middle, top } = worldMap
  const projection = geoNaturalEarth1()
    .rotate([-middle, 0])
    .scale(width / (2 * Math.PI * 0.8707))
    .translate([width / 2, top])
    .precision(0.6)
    .clipExtent([
      [0, 0],
      [width, height],
    ])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>@media (prefers-color-scheme:dark){path{fill:#2c3035}}</style>`,
    `<path fill="#e3dac6" d="${drawPath(world, projection, { least: 4, units: 1 })}"/></svg>\n`,
  ].join("")
}

const globe = { x: 572, y: 332, radius: 50 }

function drawGlobe([longitude, latitude]: Point, world: MultiPolygon): string {
  const projection = geoOrthographic()
    .rotate([-longitude, -latitude * 0.6])
    .scale(globe.radius)
    .translate([globe.x, globe.y])
    .precision(0.6)
  return [
    `<circle class="globe" fill="#f3eddf" stroke="#cbbfa4" cx="${globe.x}" cy="${globe.y}" r="${globe.radius}"/>`,
    `<path class="world" fill="#d8ccb2" transform="scale(.1)" d="${drawPath(world, projection)}"/>`,
    dot(projection([longitude, latitude]) ?? [globe.x, globe.y], 4),
  ].join("")
}
