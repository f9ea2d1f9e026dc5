// A locator map as an SVG: a country or a region among its neighbours, and a small globe that shows where on Earth.
import { type GeoProjection, geoAzimuthalEqualArea, geoCentroid, geoDistance, geoOrthographic, geoPath } from "d3-geo"
import type { MultiPolygon, Polygon } from "geojson"
import type { Country } from "../../site/places.ts"
import { type Atlas, type Land, mergeLands, type Piece } from "./atlas.ts"
import { drawPath } from "./draw-path.ts"

const width = 640
const height = 400
const degrees = Math.PI / 180
// How much of the picture the country may fill, and how close we go to a small one.
const fill = 0.52
const regionFill = 0.8
// Steradians: an islet does not widen a region's frame.
const smallestFrame = 1e-5
const closest = 2.5 * degrees
// A lonely island is shown from farther and farther, until there is some other land to see it by.
const farthest = 11 * degrees
const enoughLand = 0.01 * width * height

/** The map of a country. */
export function drawMap(country: Country, atlas: Atlas, world: MultiPolygon): string {
  const own = atlas.lands.filter((land) => land.code === country.code)
  const main = chooseMain(own)
  const from = main[0] ? largestOf(main).center : pointOf(country)
  let view = makeView(from, main, closest, fill)
  for (let half = closest * 2; half <= farthest && view.landNear(atlas.lands, own) < enoughLand; half *= 2) {
    view = makeView(from, main, half, fill)
  }
  const mine: MultiPolygon = { type: "MultiPolygon", coordinates: own.filter(view.sees).map(coordinatesOf) }
  const more = [drawMarkers(country, mine, view.projection), drawGlobe(from, world)]
  return drawSheet(country.name, mine, view, atlas, more)
}

/** The map of a region: all its countries, framed by nine in ten of them, as some lie a hemisphere away. */
export function drawRegionMap(name: string, members: readonly Country[], atlas: Atlas, world: MultiPolygon): string {
  const codes = new Set(members.map(({ code }) => code))
  const own = atlas.lands.filter((land) => codes.has(land.code))
  const middle = geoCentroid({ type: "MultiPoint", coordinates: members.map(pointOf) })
  const far = members.map((country) => geoDistance(pointOf(country), middle)).sort((a, b) => a - b)
  const reach = (far[Math.floor(far.length * 0.9)] ?? 0) + 3 * degrees
  const main = own.filter(({ center, area }) => geoDistance(center, middle) < reach && area > smallestFrame)
  const view = makeView(middle, main, farthest, regionFill)
  const mine: MultiPolygon = { type: "MultiPolygon", coordinates: own.filter(view.sees).map(coordinatesOf) }
  const dots = members.map((country) => drawDot(country, own, view.projection))
  return drawSheet(name, mine, view, atlas, [...dots, drawGlobe(middle, world)])
}

/** A dot for a country that is too small to be seen on its region's map. */
function drawDot(country: Country, own: readonly Land[], projection: GeoProjection): string {
  const path = geoPath(projection)
  const lands = own.filter(({ code }) => code === country.code)
  const seen = lands.reduce((sum, land) => sum + path.area(land.shape), 0)
  const [x = -1, y = -1] = projection(lands[0] ? largestOf(lands).center : pointOf(country)) ?? []
  if (seen > 8 || x < 4 || y < 4 || x > width - 4 || y > height - 4) return ""
  return `<circle class="own" fill="#b8452f" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.5"/>`
}

function drawSheet(called: string, mine: MultiPolygon, view: View, atlas: Atlas, more: readonly string[]): string {
  const { projection, sees } = view
  const lands = mergeLands(atlas, atlas.lands.filter(sees))
  const lines = atlas.borders.filter(sees).map(({ shape }) => shape.coordinates)
  const name = escapeXml(called)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">Map of ${name}</title>`,
    `<desc id="d">${name} among its neighbours, and its place on the globe. Data: Natural Earth. The borders shown imply no endorsement.</desc>`,
    `<style>${style}</style>`,
    `<path class="sea" fill="#dfe9ee" d="M0 0H${width}V${height}H0z"/>`,
    // Coordinates are whole tenths of a pixel: shorter than decimals.
    `<g transform="scale(.1)">`,
    `<path class="land" fill="#faf8f3" stroke="#a9bac3" stroke-width="7" d="${drawPath(lands, projection)}"/>`,
    `<path class="own" fill="#b8452f" d="${drawPath(mine, projection, 0.3)}"/>`,
    `<path class="border" fill="none" stroke="#a89f90" stroke-width="8" stroke-linejoin="round" d="${drawPath({ type: "MultiLineString", coordinates: lines }, projection)}"/>`,
    `</g>`,
    ...more,
    `</svg>\n`,
  ].join("")
}

const style = `@media (prefers-color-scheme:dark){.sea{fill:#111a21}.land{fill:#2c363e;stroke:#47545e}.own{fill:#d8664b}.border{stroke:#5d6a73}.mark{stroke:#f0a08c}.globe{fill:#18242d;stroke:#5d6a73}.world{fill:#46535d}}`

/** The pieces that the picture is framed by: the largest, what is near it, and whatever else is large. */
function chooseMain(own: readonly Land[]): readonly Land[] {
  const largest = own.reduce<Land | null>((best, land) => (best && best.area >= land.area ? best : land), null)
  if (!largest) return []
  const near = largest.radius + 4 * degrees
  return own.filter(({ area, center }) => area > largest.area * 0.1 || geoDistance(center, largest.center) < near)
}

interface View {
  readonly projection: GeoProjection
  readonly sees: (piece: Piece<unknown>) => boolean
  /** Square pixels of land in sight that is not the country's. */
  readonly landNear: (lands: readonly Land[], own: readonly Land[]) => number
}

/** `first`: about the middle, degrees. `half`: how much is to be seen above and below it at least, radians. */
function makeView(first: [number, number], main: readonly Land[], half: number, filled: number): View {
  const frame: MultiPolygon = { type: "MultiPolygon", coordinates: main.map(coordinatesOf) }
  const unit = (center: [number, number]) =>
    geoAzimuthalEqualArea().rotate([-center[0], -center[1]]).scale(1).translate([0, 0])
  let center = first
  if (main.length > 0) {
    const [[left, top], [right, bottom]] = geoPath(unit(first)).bounds(frame)
    center = unit(first).invert?.([(left + right) / 2, (top + bottom) / 2]) ?? first
  }
  let scale = height / 2 / half
  let middle: [number, number] = [0, 0]
  if (main.length > 0) {
    const [[left, top], [right, bottom]] = geoPath(unit(center)).bounds(frame)
    scale = Math.min((width * filled) / (right - left), (height * (filled + 0.1)) / (bottom - top), scale)
    middle = [(left + right) / 2, (top + bottom) / 2]
  }
  const corner = (Math.hypot(width, height) / 2 + 12) / scale + Math.hypot(...middle)
  const radius = corner >= 2 ? Math.PI : 2 * Math.asin(corner / 2)
  const projection = unit(center)
    .scale(scale)
    .translate([width / 2 - middle[0] * scale, height / 2 - middle[1] * scale])
    .clipAngle(Math.min(179.9, radius / degrees))
    .clipExtent([
      [-4, -4],
      [width + 4, height + 4],
    ])
    .precision(0.4)
  const sees = (piece: Piece<unknown>) => geoDistance(piece.center, center) < piece.radius + radius
  return { projection, sees, landNear: (lands, own) => measureLand(lands, own, projection, sees) }
}

function measureLand(
  all: readonly Land[],
  own: readonly Land[],
  projection: GeoProjection,
  sees: View["sees"],
): number {
  const path = geoPath(projection)
  let area = 0
  for (const land of all) {
    if (area >= enoughLand) break
    if (sees(land) && !own.includes(land)) area += path.area(land.shape)
  }
  return area
}

function pointOf({ longitude, latitude }: Country): [number, number] {
  return [longitude, latitude]
}

function coordinatesOf(land: Land): Polygon["coordinates"] {
  return land.shape.coordinates
}

function largestOf(lands: readonly Land[]): Land {
  return lands.reduce((best, land) => (best.area >= land.area ? best : land))
}

/** Rings around a country too small to be seen by its colour alone; a dot where the atlas has none of its land. */
function drawMarkers(country: Country, mine: MultiPolygon, projection: GeoProjection): string {
  const path = geoPath(projection)
  if (mine.coordinates.length === 0) {
    const [x = 0, y = 0] = projection([country.longitude, country.latitude]) ?? []
    return `<circle class="own" fill="#b8452f" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4"/>${drawRing([x, y, x, y])}`
  }
  if (path.area(mine) > 500) return ""
  const boxes = mine.coordinates.map((coordinates): Box => {
    const [[left, top], [right, bottom]] = path.bounds({ type: "Polygon", coordinates })
    return [left, top, right, bottom]
  })
  return joinNear(boxes.filter((box) => Number.isFinite(box[0])))
    .map(drawRing)
    .join("")
}

type Box = [left: number, top: number, right: number, bottom: number]

/** Boxes, those within a ring's width of each other made one: an archipelago gets a ring, not a ring an island. */
function joinNear(boxes: Box[]): Box[] {
  const joined: Box[] = []
  for (let box of boxes) {
    for (let i = 0; i < joined.length; i++) {
      const other = joined[i] as Box
      const apart = Math.max(other[0] - box[2], box[0] - other[2], other[1] - box[3], box[1] - other[3])
      if (apart > 30) continue
      box = [
        Math.min(box[0], other[0]),
        Math.min(box[1], other[1]),
        Math.max(box[2], other[2]),
        Math.max(box[3], other[3]),
      ]
      joined.splice(i, 1)
      i = -1
    }
    joined.push(box)
  }
  return joined
}

function drawRing([left, top, right, bottom]: Box): string {
  const radius = Math.max(14, Math.hypot(right - left, bottom - top) / 2 + 7).toFixed(1)
  const at = `cx="${((left + right) / 2).toFixed(1)}" cy="${((top + bottom) / 2).toFixed(1)}"`
  return `<circle class="mark" fill="none" stroke="#b8452f" stroke-width="2" ${at} r="${radius}"/>`
}

const globe = { x: 572, y: 332, radius: 50 }

function drawGlobe([longitude, latitude]: [number, number], world: MultiPolygon): string {
  const projection = geoOrthographic()
    .rotate([-longitude, -latitude * 0.6])
    .scale(globe.radius)
    .translate([globe.x, globe.y])
    .precision(0.6)
  const [x = globe.x, y = globe.y] = projection([longitude, latitude]) ?? []
  return [
    `<circle class="globe" fill="#eef3f5" stroke="#a9bac3" cx="${globe.x}" cy="${globe.y}" r="${globe.radius}"/>`,
    `<path class="world" fill="#c3ccd0" transform="scale(.1)" d="${drawPath(world, projection)}"/>`,
    `<circle class="own" fill="#b8452f" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4"/>`,
  ].join("")
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
}
