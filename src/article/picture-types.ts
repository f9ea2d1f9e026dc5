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

/**
 * What an article's digest counts of its pictures: the files in the folder. It does not change when the bytes that are
 * made of them do.
 */
export function describeOriginals(media: Readonly<Record<string, MediaUpload>>): string {
  const originals = Object.entries(media).map(([src, upload]) => {
    const { sha256, extension, width, height } = upload.original ?? upload
    return [src, { sha256, extension, width, height }] as const
  })
  return JSON.stringify(Object.fromEntries(originals.sort(([a], [b]) => (a < b ? -1 : 1))))
}
