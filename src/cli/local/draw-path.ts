// Projects shapes on the globe and writes them as short, simplified SVG paths.
import { type GeoPermissibleObjects, type GeoProjection, geoPath } from "d3-geo"

export type Point = [x: number, y: number]

interface Detail {
  /** In pixels: the smallest shape drawn, and how far a simplified line may deviate. */
  readonly least?: number
  readonly tolerance?: number
  /** Path units per pixel. */
  readonly units?: number
}

/** The `d` attribute of a shape. */
export function drawPath(shape: GeoPermissibleObjects, projection: GeoProjection, detail: Detail = {}): string {
  const { least = 2, tolerance = 0.6, units = 10 } = detail
  const lines: Point[][] = []
  let close = ""
  const pen = {
    beginPath: () => {},
    moveTo: (x: number, y: number) => lines.push([[x, y]]),
    lineTo: (x: number, y: number) => lines.at(-1)?.push([x, y]),
    closePath: () => {
      close = "z"
    },
    arc: () => {},
  }
  geoPath(projection, pen)(shape)
  return lines.map((line) => writeLine(thin(line, tolerance), close, least, units)).join("")
}

/** Simplifies a line (Douglas–Peucker). */
function thin(line: readonly Point[], tolerance: number): Point[] {
  const [start, end] = [line[0], line.at(-1)]
  if (start === undefined || end === undefined || line.length < 3) return [...line]
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]]
  const length = Math.hypot(dx, dy)
  // A ring ends where it began, so it is split at the point farthest from its start.
  const distances = line.map(([x, y]) =>
    length < 1e-6
      ? Math.hypot(x - start[0], y - start[1])
      : Math.abs(dx * (start[1] - y) - (start[0] - x) * dy) / length,
  )
  const most = Math.max(...distances)
  if (most <= tolerance) return [start, end]
  const at = distances.indexOf(most)
  return [...thin(line.slice(0, at + 1), tolerance).slice(0, -1), ...thin(line.slice(at), tolerance)]
}

/** A line as relative moves, which are shorter than absolute coordinates. */
function writeLine(line: readonly Point[], close: string, least: number, units: number): string {
  const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)]
  const size = Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys))
  if (line.length < (close ? 3 : 2) || size < least) return ""
  let path = ""
  let [x, y] = [0, 0]
  let next = "l"
  for (const [index, point] of line.entries()) {
    const [dx, dy] = [Math.round(point[0] * units) - x, Math.round(point[1] * units) - y]
    if (index > 0 && dx === 0 && dy === 0) continue
    // Numbers after `M` without an `l` would be absolute.
    path += `${index === 0 ? "M" : next || (dx < 0 ? "" : " ")}${dx}${dy < 0 ? "" : " "}${dy}`
    if (index > 0) next = ""
    x += dx
    y += dy
  }
  return path + close
}
