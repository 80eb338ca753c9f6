// Builds static/src into static/dist: hashed names, source maps, and meta.json, from which pages learn the names.
import { build } from "esbuild";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const { entries } = JSON.parse(await readFile("package.json", "utf8"));

// The font's style sheets offer each slice twice; every browser we serve reads woff2, so the older half stays out.
const modernFontsOnly = {
  name: "modern-fonts-only",
  setup(hooks) {
    hooks.onLoad({ filter: /@fontsource.*\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, ""),
      loader: "css",
    }));
  },
};

await rm("static/dist", { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: entries.map((name) => join("static/src", name)),
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  splitting: true,
  target: "es2020",
  outdir: "static/dist",
  entryNames: "[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  metafile: true,
  logLevel: "warning",
  plugins: [modernFontsOnly],
});
// Written last and whole: where it exists, the build is complete.
await writeFile("static/dist/meta.json.new", JSON.stringify(metafile));
await rename("static/dist/meta.json.new", "static/dist/meta.json");
