import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findEmbed, frameOrigins } from "../../src/article/embeds.ts"

const frames: readonly (readonly [string, string, string])[] = [
  [
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "video",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
  ],
  [
    "https://m.youtube.com/watch?app=m&v=dQw4w9WgXcQ&t=90s",
    "video",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&start=90",
  ],
  [
    "http://youtu.be/dQw4w9WgXcQ?si=x&t=7",
    "video",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&start=7",
  ],
  [
    "https://www.youtube.com/shorts/dQw4w9WgXcQ",
    "video",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
  ],
  [
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
    "video",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1",
  ],
  ["https://vimeo.com/76979871", "video", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"],
  [
    "https://vimeo.com/76979871/0a1b2c3d4e",
    "video",
    "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1&h=0a1b2c3d4e",
  ],
  [
    "https://player.vimeo.com/video/76979871?h=0a1b2c3d4e",
    "video",
    "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1&h=0a1b2c3d4e",
  ],
  [
    "https://soundcloud.com/the-desk/episode-1",
    "audio",
    "https://w.soundcloud.com/player/?auto_play=true&url=https%3A%2F%2Fsoundcloud.com%2Fthe-desk%2Fepisode-1",
  ],
  [
    "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1&color=red",
    "audio",
    "https://w.soundcloud.com/player/?auto_play=true&url=https%3A//api.soundcloud.com/tracks/1",
  ],
  [
    "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk?si=1",
    "audio",
    "https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk",
  ],
  [
    "https://podcasts.apple.com/us/podcast/the-desk/id123456789?i=1000",
    "audio",
    "https://embed.podcasts.apple.com/us/podcast/the-desk/id123456789?i=1000",
  ],
  [
    "https://x.com/WHO/status/1234567890",
    "post",
    "https://platform.twitter.com/embed/Tweet.html?dnt=true&id=1234567890",
  ],
  [
    "https://bsky.app/profile/who.int/post/3kabc",
    "post",
    "https://embed.bsky.app/embed/who.int/app.bsky.feed.post/3kabc",
  ],
  [
    "https://www.facebook.com/WHO/posts/123",
    "post",
    "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2FWHO%2Fposts%2F123",
  ],
  ["https://www.instagram.com/p/Cabc-1_/", "post", "https://www.instagram.com/p/Cabc-1_/embed/"],
  ["https://www.tiktok.com/@who/video/7123456789", "post", "https://www.tiktok.com/embed/v2/7123456789"],
  ["https://t.me/who/42", "post", "https://t.me/who/42?embed=1"],
]

describe("what other sites show", () => {
  it.each(frames)("%s is a %s", (address, kind, frame) => {
    expect(findEmbed(address)).toMatchObject({ kind, frame })
  })

  it.each([
    "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
    "https://evil.example/youtube.com/watch?v=dQw4w9WgXcQ",
    "https://youtu.be@evil.example/dQw4w9WgXcQ",
    "https://user:pass@youtu.be/dQw4w9WgXcQ",
    "https://youtu.be:8443/dQw4w9WgXcQ",
    "javascript://youtu.be/dQw4w9WgXcQ",
    "//youtu.be/dQw4w9WgXcQ",
    "https://www.youtube.com/@channel",
    "https://www.youtube.com/watch?v=short",
    "https://vimeo.com/about",
    "https://x.com/WHO",
    "https://w.soundcloud.com/player/?url=https%3A//evil.example/x",
    "https://t.me/joinchat/abc",
    "/local",
  ])("%s is only a link", (address) => {
    expect(findEmbed(address)).toBeNull()
  })

  it("is always framed from a known origin, in an address that needs no escaping", () => {
    const bases = fc.constantFrom(...frames.map(([address]) => address))
    const noise = fc.array(
      fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('"', "<", "'", "&", "..", "/", "?", "#", "@", "\\", "%2e%2e", "url="),
      ),
    )
    const addresses = fc
      .tuple(bases, fc.nat(90), noise)
      .map(([base, at, more]) => base.slice(0, at) + more.join("") + base.slice(at))
    fc.assert(
      fc.property(addresses, (address) => {
        const frame = findEmbed(address)?.frame
        if (frame === undefined) return
        expect(frameOrigins).toContain(new URL(frame).origin)
        expect(new URL(frame).href).toBe(frame)
        expect(frame).not.toMatch(/["<>\s]/)
      }),
      { numRuns: 3000 },
    )
  })
})
