// The types of pictures and recordings that the site accepts, their size limits, and what is stored about each file.

/** Picture types by file extension. All other lists derive from this one. */
export const pictureTypes = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
  svg: "image/svg+xml",
} as const

export const pictureExtensions = Object.keys(pictureTypes) as (keyof typeof pictureTypes)[]

/** Types of sound and video by file extension. */
export const recordingTypes = {
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  ogg: "audio/ogg",
  mp4: "video/mp4",
  webm: "video/webm",
} as const

/** The type of every file under /media. */
export const fileTypes: Readonly<Record<string, string>> = { ...pictureTypes, ...recordingTypes }

/** The largest value that KV accepts (platform limit): 25 MiB. */
export const largestPicture = 25 * 1024 * 1024
/** The most pixels that a picture may be wide or high. */
export const longestSide = 30_000

/** The widths of a picture's variants, in pixels: from a thumbnail to a full page on a high-density screen. */
export const variantWidths = [160, 240, 320, 480, 640, 960, 1280, 1920] as const
/** Increment this when widths, formats or quality change: the next publish then regenerates every picture's files. */
export const variantsVersion = 1

/** Larger pictures are not decoded: even a small file can decompress to fill all memory. */
export const mostPixels = 100_000_000

const endsIn = (extensions: readonly string[]) => new RegExp(`[^/.]\\.(?:${extensions.join("|")})$`, "i")
const pictureName = endsIn(pictureExtensions)
const recordingName = endsIn(Object.keys(recordingTypes))

// Whether a file name or address ends in the extension of a picture, or of a recording.
export const isPictureName = (name: string) => pictureName.test(name)
export const isRecordingName = (name: string) => recordingName.test(name)

/** What identifies a file under /media: the hash of its bytes, and its extension. */
export interface MediaName {
  readonly sha256: string
  readonly extension: string
}

/** A picture and its size in pixels. A recording's size may be just an aspect ratio: 1 × 1 for sound. */
export interface PictureFile extends MediaName {
  readonly width: number
  readonly height: number
}

/** A published picture: upright, in sRGB, without metadata. */
export interface MediaUpload extends PictureFile {
  /** The unchanged file beside the article. Missing if the picture was published before the CLI cleaned pictures. */
  readonly original?: PictureFile | undefined
}

/** A published picture that contains metadata, and an article that uses it. */
export interface DirtyPicture extends MediaName {
  readonly path: string
}

/**
 * What an article's digest covers besides its text: its pictures as they are in the folder, before they are cleaned.
 * The digest is the SHA-256 of the text followed by this.
 */
export function digestSuffix(media: Readonly<Record<string, MediaUpload>>): string {
  const originals = Object.entries(media).map(([src, upload]) => {
    const { sha256, extension, width, height } = upload.original ?? upload
    return [src, { sha256, extension, width, height }] as const
  })
  return `\n${JSON.stringify(Object.fromEntries(originals.sort(([a], [b]) => (a < b ? -1 : 1))))}`
}
