// Projected shapes as the shortest SVG path that still looks right: whole tenths of a pixel, relative, thinned.
import { type GeoPermissibleObjects, type GeoProjection, geoStream } from "d3-geo"

type Point = [x: number, y: number]

// In pixels: how far a line may be from where it should be, and the smallest shape that is drawn.
const tolerance = 0.6
const smallest = 2

/** The `d` of a shape in tenths of a pixel; empty when nothing of it, or nothing as large as `least` pixels, is in sight. */
export function drawPath(shape: GeoPermissibleObjects, projection: GeoProjection, least = smallest): string {
  let path = ""
  let line: Point[] = []
  let inPolygon = false
  const sink = {
    polygonStart: () => {
      inPolygon = true
    },
    polygonEnd: () => {
      inPolygon = false
    },
    lineStart: () => {
      line = []
    },
    lineEnd: () => {
      path += writeLine(thin(line), inPolygon, least)
    },
    point: (x: number, y: number) => {
      line.push([x, y])
    },
    sphere: () => {},
  }
  geoStream(shape, projection.stream(sink))
  return path
}

/** Leaves out what nobody sees: points that repeat the last one, then those that a straight line would pass (Douglas–Peucker). */
function thin(line: Point[]): Point[] {
  const apart = line.filter((point, index) => index === 0 || distance(point, line[index - 1] as Point) > 0.05)
  const keep = new Uint8Array(apart.length)
  keep[0] = keep[apart.length - 1] = 1
  // A ring ends where it began: halve it, so that there is a line to measure from.
  const half = apart.length >> 1
  keep[half] = 1
  const open: [number, number][] = [
    [0, half],
    [half, apart.length - 1],
  ]
  for (let range = open.pop(); range; range = open.pop()) {
    const [from, to] = range
    const farthest = findFarthest(apart, from, to)
    if (farthest < 0) continue
    keep[farthest] = 1
    open.push([from, farthest], [farthest, to])
  }
  return apart.filter((_, index) => keep[index] === 1)
}

function findFarthest(line: Point[], from: number, to: number): number {
  const [x1, y1] = line[from] as Point
  const [x2, y2] = line[to] as Point
  const length = Math.hypot(x2 - x1, y2 - y1)
  let most = tolerance
  let found = -1
  for (let i = from + 1; i < to; i++) {
    const [x, y] = line[i] as Point
    const away =
      length < 1e-6 ? Math.hypot(x - x1, y - y1) : Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
    if (away <= most) continue
    most = away
    found = i
  }
  return found
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

function writeLine(line: Point[], closed: boolean, least: number): string {
  if (line.length < (closed ? 3 : 2) || extentOf(line) < least) return ""
  let path = ""
  let x = 0
  let y = 0
  for (const [index, point] of line.entries()) {
    const nextX = Math.round(point[0] * 10)
    const nextY = Math.round(point[1] * 10)
    const dx = nextX - x
    const dy = nextY - y
    if (index > 0 && dx === 0 && dy === 0) continue
    path += `${index === 0 ? "M" : index === 1 ? "l" : dx < 0 ? "" : " "}${dx}${dy < 0 ? "" : " "}${dy}`
    x = nextX
    y = nextY
  }
  return closed ? `${path}z` : path
}

function extentOf(line: Point[]): number {
  let left = Number.POSITIVE_INFINITY
  let top = Number.POSITIVE_INFINITY
  let right = Number.NEGATIVE_INFINITY
  let bottom = Number.NEGATIVE_INFINITY
  for (const [x, y] of line) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return Math.hypot(right - left, bottom - top)
}
