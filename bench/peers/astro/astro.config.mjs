import cloudflare from "@astrojs/cloudflare"
import { defineConfig } from "astro/config"
import site from "./src/data/site.json" with { type: "json" }

export default defineConfig({
  site: site.origin,
  output: "server",
  adapter: cloudflare({ imageService: "passthrough" }),
})
