// Which pictures the site takes, how large they may be, and what is kept of each.

/** The one list of picture types, by the file's extension. */
export const pictureTypes = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
} as const

export const pictureExtensions = Object.keys(pictureTypes) as (keyof typeof pictureTypes)[]

/** The largest value that KV takes (platform limit): 25 MiB. */
export const largestPicture = 25 * 1024 * 1024

/** A small file can hold a picture that fills any memory: larger ones are not decoded. */
export const mostPixels = 100_000_000

const pictureName = new RegExp(`[^/.]\\.(?:${pictureExtensions.join("|")})$`, "i")

/** Does a file's name or address end as a picture's does? */
export function isPictureName(name: string): boolean {
  return pictureName.test(name)
}

/** A picture's bytes by their hash, and its size in pixels. */
export interface PictureFile {
  readonly sha256: string
  readonly extension: string
  readonly width: number
  readonly height: number
}

/** A published picture: upright, in sRGB, without metadata. */
export interface MediaUpload extends PictureFile {
  /** The file beside the article, as it is stored there. Without: published before pictures were cleaned. */
  readonly original?: PictureFile | undefined
}

/** A published picture that carries metadata, and an article that names it. */
export interface DirtyPicture extends Pick<PictureFile, "sha256" | "extension"> {
  readonly path: string
}

const encoder = new TextEncoder()

/**
 * The identity of an article: SHA-256 of its file and of the pictures in the folder, as they are there. It does not change
 * when the bytes that are published of a picture do.
 */
export async function digestOf(
  source: string | Uint8Array,
  media: Readonly<Record<string, MediaUpload>>,
): Promise<string> {
  const originals = Object.entries(media).map(([src, upload]) => {
    const { sha256, extension, width, height } = upload.original ?? upload
    return [src, { sha256, extension, width, height }] as const
  })
  const pictures = JSON.stringify(Object.fromEntries(originals.sort(([a], [b]) => (a < b ? -1 : 1))))
  const [file, end] = [typeof source === "string" ? encoder.encode(source) : source, encoder.encode(`\n${pictures}`)]
  const bytes = new Uint8Array(file.length + end.length)
  bytes.set(file)
  bytes.set(end, file.length)
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
