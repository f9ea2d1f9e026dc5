// Remembers results that cost more to compute than to look up.
import type { SiteConfig } from "./site.ts"

/** Memoises a function, keeping up to `most` results: Intl objects, for example, cost more to build than to use. */
export function memo<Arguments extends readonly (string | number | null)[], Result>(
  make: (...given: Arguments) => Result,
  most = 5000,
) {
  const known = new Map<string | number | null | undefined, Result>()
  return (...given: Arguments): Result => {
    const key = given.length === 1 ? given[0] : given.join("\n")
    let result = known.get(key)
    if (result === undefined) {
      result = make(...given)
      if (known.size >= most) known.clear()
      known.set(key, result)
    }
    return result
  }
}

/** `memo` for a function of the site's config, which does not change while the site runs. */
export function memoBySite<Arguments extends readonly (string | number | null)[], Result>(
  make: (site: SiteConfig, ...given: Arguments) => Result,
) {
  const known = new WeakMap<SiteConfig, (...given: Arguments) => Result>()
  return (site: SiteConfig, ...given: Arguments): Result => {
    const remembered = known.get(site) ?? memo((...some: Arguments) => make(site, ...some))
    known.set(site, remembered)
    return remembered(...given)
  }
}
