// Videos, audio and posts on other sites that a page can show in a frame. Nothing loads until the reader asks for it.

interface Player {
  /** The site's name, for readers. */
  readonly site: string
  readonly kind: "video" | "audio" | "post"
  readonly host: string
  /** Matches an address without its scheme: host (without `www.`), path and query. */
  readonly pattern: RegExp
  /** Makes the frame's path from the pattern's groups, which contain nothing that needs encoding. */
  readonly path: (groups: readonly string[], address: string) => string
}

const players: readonly Player[] = [
  {
    ...{ site: "YouTube", kind: "video", host: "www.youtube-nocookie.com" },
    pattern:
      /^(?:youtube(?:-nocookie)?\.com\/(?:watch\?(?:.*&)?v=|embed\/|shorts\/|live\/)|youtu\.be\/)([\w-]{11})(?![\w-])(?:.*[?&](?:t|start)=(\d{1,6}))?/,
    path: ([id, start]) => `/embed/${id}?autoplay=1${start ? `&start=${start}` : ""}`,
  },
  {
    ...{ site: "Vimeo", kind: "video", host: "player.vimeo.com" },
    pattern: /^(?:player\.)?vimeo\.com\/(?:video\/)?(\d{5,12})(?:(?:\/|\?(?:.*&)?h=)([\da-f]{6,16}))?(?![\w/])/,
    path: ([id, hash]) => `/video/${id}?dnt=1&autoplay=1${hash ? `&h=${hash}` : ""}`,
  },
  {
    ...{ site: "SoundCloud", kind: "audio", host: "w.soundcloud.com" },
    pattern: /^soundcloud\.com\/[\w-]+\/(?:sets\/)?[\w-]+(?:[/?]|$)/,
    path: (_, address) => `/player/?auto_play=true&url=${encodeURIComponent(address)}`,
  },
  {
    ...{ site: "SoundCloud", kind: "audio", host: "w.soundcloud.com" },
    pattern:
      /^w\.soundcloud\.com\/player\/\?(?:.*&)?url=(https(?::|%3a)(?:\/|%2f){2}(?:api\.)?soundcloud\.com[\w%./-]*)/i,
    path: ([track]) => `/player/?auto_play=true&url=${track}`,
  },
  {
    ...{ site: "Spotify", kind: "audio", host: "open.spotify.com" },
    pattern: /^open\.spotify\.com\/(?:intl-\w\w\/)?(?:embed\/)?(episode|show|track|album|playlist)\/(\w{22})\b/,
    path: ([kind, id]) => `/embed/${kind}/${id}`,
  },
  {
    ...{ site: "Apple Podcasts", kind: "audio", host: "embed.podcasts.apple.com" },
    pattern: /^(?:embed\.)?podcasts\.apple\.com(\/[a-z]{2}\/podcast\/[\w%-]+\/id\d+)(\?i=\d+)?/,
    path: ([path, episode = ""]) => path + episode,
  },
  {
    ...{ site: "X", kind: "post", host: "platform.twitter.com" },
    pattern: /^(?:x|twitter)\.com\/\w{1,15}\/status\/(\d{1,20})\b/,
    path: ([id]) => `/embed/Tweet.html?dnt=true&id=${id}`,
  },
  {
    ...{ site: "Bluesky", kind: "post", host: "embed.bsky.app" },
    pattern: /^bsky\.app\/profile\/([\w.:-]+)\/post\/(\w+)/,
    path: ([who, id]) => `/embed/${who}/app.bsky.feed.post/${id}`,
  },
  {
    ...{ site: "Facebook", kind: "post", host: "www.facebook.com" },
    pattern: /^facebook\.com\/[\w.-]+\/(post|video)s\/[\w-]+/,
    path: ([kind], address) => `/plugins/${kind}.php?href=${encodeURIComponent(address)}`,
  },
  {
    ...{ site: "Instagram", kind: "post", host: "www.instagram.com" },
    pattern: /^instagram\.com\/(?:[\w.]+\/)?(p|reel)\/([\w-]+)/,
    path: ([kind, id]) => `/${kind}/${id}/embed/`,
  },
  {
    ...{ site: "TikTok", kind: "post", host: "www.tiktok.com" },
    pattern: /^tiktok\.com\/(?:@[\w.-]+\/video|embed(?:\/v2)?)\/(\d{1,20})\b/,
    path: ([id]) => `/embed/v2/${id}`,
  },
  {
    ...{ site: "Telegram", kind: "post", host: "t.me" },
    pattern: /^t\.me\/(\w{3,32})\/(\d{1,10})\b/,
    path: ([channel, id]) => `/${channel}/${id}?embed=1`,
  },
]

export const frameOrigins = [...new Set(players.map(({ host }) => `https://${host}`))]

/** The embed for an address on one of these sites, with its frame's URL, or null. Linear in the address's length. */
export function findEmbed(address: string) {
  const url = /^https?:\/\//i.test(address) ? URL.parse(address) : null
  if (url === null || url.port !== "" || url.username !== "") return null
  const bare = url.host.replace(/^(?:www|m|mobile)\./, "") + url.pathname + url.search
  for (const { site, kind, host, pattern, path } of players) {
    const groups = pattern.exec(bare)
    if (groups !== null) return { site, kind, frame: new URL(path(groups.slice(1), url.href), `https://${host}`).href }
  }
  return null
}
