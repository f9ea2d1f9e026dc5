// Checks of an open page, each of which lists faults: assistive technology, keyboard, zoom, forced colours.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

/** What axe-core finds against WCAG 2.2 A and AA, except under the rules `but`. */
export async function findViolations(page: Page, but: readonly string[] = []): Promise<string[]> {
  await page.evaluate(axe)
  const options = { runOnly: rules, rules: Object.fromEntries(but.map((rule) => [rule, { enabled: false }])) }
  return page.evaluate(async (given) => {
    interface Axe {
      run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run(given)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)
  }, options)
}

/** Elements that are wider than the window, or cut off inside their own box. */
export function findCutOff(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const faults = []
    const root = document.documentElement
    if (root.scrollWidth > innerWidth) faults.push("the page scrolls sideways: " + root.scrollWidth + " > " + innerWidth)
    for (const element of document.querySelectorAll("body *")) {
      const { overflowX } = getComputedStyle(element)
      const hidden = overflowX === "hidden" || overflowX === "clip"
      if (hidden && element.scrollWidth > element.clientWidth + 1) faults.push("cut off: " + element.outerHTML.slice(0, 120))
    }
    return faults
  })()`)
}

/** Tabs through the page: finds elements that are not reached, or that do not show focus. */
export async function findUnreachable(page: Page): Promise<string[]> {
  const count = (await page.evaluate(`(() => {
    const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary"
    globalThis.wanted = [...document.querySelectorAll(wanted)].filter((one) => one.checkVisibility() && !one.disabled)
    globalThis.reached = new Set()
    document.activeElement?.blur()
    return globalThis.wanted.length
  })()`)) as number
  const faults = new Set<string>()
  for (let step = 0; step < count + 5; step++) {
    await page.keyboard.press("Tab")
    const fault = (await page.evaluate(`(() => {
      const one = document.activeElement
      if (one === null || one === document.body) return null
      reached.add(one)
      const { outlineStyle, outlineWidth } = getComputedStyle(one)
      const box = one.getBoundingClientRect()
      if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return "shows no focus: " + one.outerHTML.slice(0, 120)
      if (box.bottom < 0 || box.top > innerHeight || box.width === 0) return "is out of sight with focus: " + one.outerHTML.slice(0, 120)
      return null
    })()`)) as string | null
    if (fault !== null) faults.add(fault)
  }
  const missed = (await page.evaluate(
    `wanted.filter((one) => !reached.has(one)).map((one) => "is not reached: " + one.outerHTML.slice(0, 120))`,
  )) as string[]
  return [...faults, ...missed]
}

/** In forced colours: buttons without a border, and our pictures that are invisible against the background. */
export function findVanished(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const faults = []
    const paper = getComputedStyle(document.body).backgroundColor
    for (const one of document.querySelectorAll("button, .button, input, select, textarea")) {
      if (!one.checkVisibility() || one.type === "hidden") continue
      const { borderTopStyle, borderTopColor } = getComputedStyle(one)
      if (one.type === "checkbox" || one.type === "radio") continue
      if (borderTopStyle === "none" || borderTopColor === paper) faults.push("has no edge: " + one.outerHTML.slice(0, 120))
    }
    for (const one of document.querySelectorAll("svg"))
      if (getComputedStyle(one).stroke === paper) faults.push("vanishes: " + one.outerHTML.slice(0, 120))
    return faults
  })()`)
}
