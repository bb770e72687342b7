// Follows docs/BUILD-ON-IT.md in a copy of the repository, step by step, and opens the page that comes out of it.
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const copy = mkdtempSync(join(tmpdir(), "lakefront-guide-"));
const at = (path) => join(copy, path);

/** The code blocks of a section, by the number in its heading. */
function blocks(guide, number) {
  const section = guide.split(/^## /m).find((text) => text.startsWith(`${number}. `));
  const found = [...(section ?? "").matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
  if (!found.length) throw new Error(`docs/BUILD-ON-IT.md has no code in section ${number}`);
  return found;
}

/** Puts a line behind the last one that fits. */
function insertAfterLast(path, pattern, line) {
  const lines = readFileSync(at(path), "utf8").split("\n");
  const last = lines.findLastIndex((text) => pattern.test(text));
  if (last < 0) throw new Error(`${path}: the place that docs/BUILD-ON-IT.md names is not there`);
  lines.splice(last + 1, 0, line.trimEnd());
  writeFileSync(at(path), lines.join("\n"));
}

try {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  for (const file of files.split("\0").filter(Boolean)) {
    mkdirSync(dirname(at(file)), { recursive: true });
    cpSync(join(root, file), at(file));
  }
  const guide = readFileSync(at("docs/BUILD-ON-IT.md"), "utf8");
  writeFileSync(at("queries/fares_by_zip.sql"), blocks(guide, 1)[0]);
  appendFileSync(at("src/api/queries.rs"), `\n${blocks(guide, 2)[0]}`);
  writeFileSync(at("src/pages/fares.rs"), blocks(guide, 3)[0]);
  appendFileSync(at("src/pages/mod.rs"), "pub mod fares;\n");
  const [route, link] = blocks(guide, 4);
  insertAfterLast("src/app/mod.rs", /^\s*<Route /, route);
  insertAfterLast("src/components/header.rs", /^\s*<A /, link);

  cpSync(join(root, "scripts/guide/fares.rs"), at("tests/fares.rs"));
  appendFileSync(at("Cargo.toml"), '\n[[test]]\nname = "fares"\nrequired-features = ["ssr"]\n');
  const target = process.env.CARGO_TARGET_DIR || join(root, "target");
  const cargo = (...args) => execFileSync("cargo", args, { cwd: copy, stdio: "inherit", env: { ...process.env, CARGO_TARGET_DIR: target } });
  cargo("check", "--locked", "-p", "lakefront", "--lib", "--features", "hydrate", "--target", "wasm32-unknown-unknown", "--target-dir", join(target, "front"));
  cargo("test", "--locked", "-p", "lakefront", "--features", "ssr", "--test", "fares");
} finally {
  rmSync(copy, { recursive: true, force: true });
}
