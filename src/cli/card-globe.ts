// The globe on a social card: the half of the Earth that has the article's place in its middle.
import { readFileSync } from "node:fs"
import { type Canvas, createCanvas } from "@napi-rs/canvas"
import { type GeoContext, geoGraticule10, geoOrthographic, geoPath } from "d3-geo"
import type { GeometryObject } from "geojson"
import { feature } from "topojson-client"
import type { Topology } from "topojson-specification"

/** Degrees; `dot`: it is a place, not only a part of the world. */
export interface Spot {
  readonly latitude: number
  readonly longitude: number
  readonly dot: boolean
}

/** Width and height of the drawn globe, pixels. */
export const globeSize = 720

const colours = { sea: "#f3eddf", land: "#dfd5bf", line: "#e8e0cd", place: "#a1361a", ring: "#fbfaf5" }
// Drawing one takes longer than all else on a card; a run of publishing meets the same countries again and again.
const drawn = new Map<string, Canvas>()
const mostDrawn = 40
let world: GeometryObject | undefined

/** The globe with `spot` in its middle. */
export function drawGlobe(spot: Spot): Canvas {
  const key = `${spot.latitude} ${spot.longitude} ${spot.dot}`
  const known = drawn.get(key)
  if (known !== undefined) return known
  const canvas = paintGlobe(spot)
  if (drawn.size >= mostDrawn) drawn.clear()
  drawn.set(key, canvas)
  return canvas
}

function paintGlobe({ latitude, longitude, dot }: Spot): Canvas {
  const middle = globeSize / 2
  const canvas = createCanvas(globeSize, globeSize)
  const pen = canvas.getContext("2d")
  const projection = geoOrthographic()
    .rotate([-longitude, -latitude])
    .scale(middle - 2)
    .translate([middle, middle])
  const path = geoPath(projection, pen as unknown as GeoContext)
  const fill = (shape: Parameters<typeof path>[0], colour: string) => {
    pen.beginPath()
    path(shape)
    pen.fillStyle = colour
    pen.fill()
  }
  fill({ type: "Sphere" }, colours.sea)
  world ??= readWorld()
  fill(world, colours.land)
  pen.beginPath()
  path(geoGraticule10())
  pen.strokeStyle = colours.line
  pen.lineWidth = 1.5
  pen.stroke()
  if (dot) {
    for (const [radius, colour] of [
      [17, colours.ring],
      [12, colours.place],
    ] as const) {
      pen.beginPath()
      pen.arc(middle, middle, radius, 0, 2 * Math.PI)
      pen.fillStyle = colour
      pen.fill()
    }
  }
  return canvas
}

function readWorld(): GeometryObject {
  const file = new URL(import.meta.resolve("world-atlas/land-110m.json"))
  const topology: Topology = JSON.parse(readFileSync(file, "utf8"))
  const land = feature(topology, topology.objects.land as NonNullable<Topology["objects"]["land"]>)
  return land.type === "FeatureCollection"
    ? { type: "GeometryCollection", geometries: land.features.map(({ geometry }) => geometry) }
    : land.geometry
}
