// Breaks one protection at a time in a copy of the tree and runs the contract suite: each break has to make the tests
// that are named for it fail. A test that stays green while its protection is gone tests nothing.
//   mutations.mjs [NAME…]
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const target = process.env.CARGO_TARGET_DIR ? resolve(process.env.CARGO_TARGET_DIR) : join(root, "target");
const copy = join(target, "mutations");

/** `by`: the checks that must notice. `from` stands in `file` exactly once. */
const MUTATIONS = [
  {
    name: "any sign-in attempt answers any state",
    by: ["s11"],
    file: "src/server/oauth/attempt.rs",
    from: `    let name = cookie_name(state);
    let (_, sealed) = cookies::all(request).find(|(found, _)| *found == name)?;`,
    to: `    let (name, sealed) = cookies::all(request).find(|(found, _)| found.starts_with(SIGN_IN_ATTEMPT))?;
    let name = name.to_owned();
    let state = &keys.open::<Stored>(Purpose::SignInAttempt, &name, sealed)?.value.state;`,
  },
  {
    name: "an attempt answers twice",
    by: ["s13"],
    file: "src/server/oauth/answer.rs",
    from: "        if let Some(answered) = answers.get(&id) {",
    to: "        if let Some(answered) = answers.get(&id).filter(|_| now < 0) {",
  },
  {
    name: "any issuer is right",
    by: ["s16"],
    file: "src/server/oauth/answer.rs",
    from: "if begun.issuer != provider.issuer || !issuer_is_right {",
    to: "if begun.issuer != provider.issuer && !issuer_is_right {",
  },
  {
    name: "a sealed value opens under any name and purpose",
    by: ["s14"],
    file: "src/server/session/seal.rs",
    from: `["lakefront/1", purpose, name, key_id].join("\\0").into_bytes()`,
    to: `{ let _ = (purpose, name); ["lakefront/1", key_id].join("\\0").into_bytes() }`,
  },
  {
    name: "return_to may leave the app",
    by: ["s08"],
    file: "src/server/oauth/return_to.rs",
    from: "        Self::checked(text).unwrap_or_else(Self::home)",
    to: "        Self::checked(text).unwrap_or_else(|| Self(text.to_owned()))",
  },
  {
    name: "every request that is near the end refreshes",
    by: ["s39"],
    file: "src/server/session/engine.rs",
    from: "        if let Some(flight) = flights.get(&session.id) {",
    to: "        if let Some(flight) = flights.get(&session.id).filter(|_| false) {",
    also: {
      file: "src/server/session/cookie_store.rs",
      from: "        done(if settled {",
      to: "        done(if settled && now < 0 {",
    },
    and: {
      file: "src/server/session/cookie_store.rs",
      from: "        } else if now < record.lease_ends {",
      to: "        } else if now < 0 {",
    },
  },
  {
    name: "a sign-out leaves no tombstone",
    by: ["s61"],
    file: "src/server/session/cookie_store.rs",
    from: "        record.standing.over.get_or_insert(over);",
    to: "        let _ = over;",
  },
  {
    name: "the idle limit is not checked",
    by: ["s33"],
    file: "src/server/session/engine.rs",
    from: "        if now >= session.last_activity.saturating_add(self.settings.idle) {",
    to: "        if now < 0 {",
  },
  {
    name: "the heartbeat counts as activity",
    by: ["s34"],
    file: "src/server/middleware/session.rs",
    from: "        path if BY_ITSELF.contains(&path) || reloads_itself(request) => Purpose::Follow,",
    to: "        path if path.is_empty() && BY_ITSELF.contains(&path) || reloads_itself(request) => Purpose::Follow,",
  },
  {
    name: "calls need no header",
    by: ["s49"],
    file: "src/server/middleware/csrf.rs",
    from: "    if changes && !is_form && !request.headers().contains_key(HEADER) {",
    to: "    if changes && !is_form && !request.headers().contains_key(HEADER) && request.uri().path() == \"/\" {",
  },
  {
    name: "the gate lets every call through",
    by: ["s53"],
    file: "src/server/middleware/gate.rs",
    from: "    if is_public(request.uri().path()) {",
    to: "    if is_public(request.uri().path()) || !is_page(request.method(), request.headers()) {",
  },
  {
    name: "the operator's epoch is not looked at",
    by: ["s61"],
    file: "src/server/session/engine.rs",
    from: "        if session.epoch < self.settings.epoch {",
    to: "        if session.epoch < self.settings.epoch && now < 0 {",
  },
  {
    name: "an older version is kept over a newer one",
    by: ["s38"],
    file: "src/server/session/cookie_store.rs",
    from: "            if standing.over.is_some() || standing.gave_way_to.is_some() || standing.version > session.version {",
    to: "            if standing.over.is_some() || standing.gave_way_to.is_some() {",
  },
  {
    name: "an ended session is kept",
    by: ["s37"],
    file: "src/server/session/cookie_store.rs",
    from: "            if standing.over.is_some() || standing.gave_way_to.is_some() || standing.version > session.version {",
    to: "            if standing.gave_way_to.is_some() || standing.version > session.version {",
  },
  {
    name: "the earlier session of a browser may be put back",
    by: ["s32"],
    file: "src/server/session/cookie_store.rs",
    from: "            if standing.over.is_some() || standing.gave_way_to.is_some() || standing.version > session.version {",
    to: "            if standing.over.is_some() || standing.version > session.version {",
  },
  {
    name: "every attempt has the same PKCE verifier",
    by: ["s01"],
    file: "src/server/oauth/attempt.rs",
    from: "    let verifier = random()?;",
    to: `    let verifier = "a".repeat(43);`,
  },
  {
    name: "the verifier does not go along with the code",
    by: ["s02"],
    file: "src/server/oauth/tokens.rs",
    from: `            ("code_verifier", verifier.expose_secret()),`,
    to: `            ("code_verifier", verifier.expose_secret().get(..0).unwrap_or_default()),`,
  },
  {
    name: "requests of other sites are let in",
    by: ["s49"],
    file: "src/server/router.rs",
    from: `        .layer(csrf)
`,
    to: "",
  },
  {
    name: "chunks that belong to no session stay",
    by: ["s28"],
    file: "src/server/session/cookies.rs",
    from: "        .filter(|name| is_session_name(name) && !used(name))",
    to: "        .filter(|name| is_session_name(name) && !used(name) && name.is_empty())",
  },
  {
    name: "any refusal of the token endpoint ends the session",
    by: ["s45"],
    file: "src/server/oauth/tokens.rs",
    from: `            TokenError::Unavailable { why: error, retry_after: None }
        }
    }`,
    to: `            TokenError::Refused { error }
        }
    }`,
  },
  {
    name: "tokens that come after a sign-out are not revoked",
    by: ["s61"],
    file: "src/server/session/engine.rs",
    from: `is dropped");
            self.grants.revoke(&new).await;`,
    to: `is dropped");`,
  },
  {
    name: "a refresh token is sent after its end",
    by: ["s48"],
    file: "src/server/session/record.rs",
    from: "self.refresh_token.is_some() && self.refresh_expires_at.is_none_or(|end| now < end)",
    to: "self.refresh_token.is_some() && now > 0",
  },
  {
    name: "static files are answered like pages",
    by: ["s35"],
    file: "src/server/static_files.rs",
    from: "        response.extensions_mut().insert(SameForEverybody);",
    to: "",
    also: {
      file: "src/server/router.rs",
      from: `        .layer(from_fn_with_state(static_files::files(&state.leptos), static_files::serve))
`,
      to: "",
    },
    and: {
      file: "src/server/router.rs",
      from: "        .fallback(not_found)",
      to: "        .merge(static_files::files(&state.leptos).with_state(()))\n        .fallback(not_found)",
    },
  },
  {
    name: "a successor that no answer carried is given for a minute only",
    by: ["s40"],
    file: "src/server/session/engine.rs",
    from: "if session.version >= standing.handed || now <=",
    to: "if now <=",
  },
  {
    name: "a successor that no answer carried is dropped while its person may come back",
    by: ["s40"],
    file: "src/server/session/cookie_store.rs",
    from: "self.last_activity.saturating_add(idle).max(waiting)",
    to: "newest.last_activity.saturating_add(idle).max(waiting)",
  },
  {
    name: "a sign-out leaves the sign-ins that cross it",
    by: ["s61"],
    file: "src/server/services/session.rs",
    from: "state.answers.end(&state, &headers)",
    to: "state.answers.end(&state, &HeaderMap::new())",
  },
  {
    name: "a sign-out leaves the session that took its place",
    by: ["s61"],
    file: "src/server/session/engine.rs",
    from: "        self.end_those_in_place_of(&session.id).await?;",
    to: "",
  },
  {
    name: "one odd cookie hides the others",
    by: ["s61"],
    file: "src/server/session/cookies.rs",
    from: "        .get_all(header::COOKIE)",
    to: "        .get_all(header::COOKIE)\n        .into_iter()\n        .filter(|line| line.to_str().is_ok())",
  },
  {
    name: "any 401 is the workspace's word on a token",
    by: ["s48"],
    file: "src/server/databricks/error.rs",
    from: "401 if told.by_api || names_a_scheme => Kind::TokenRefused,",
    to: "401 if told.by_api || names_a_scheme || status > 0 => Kind::TokenRefused,",
  },
  {
    name: "a workspace whose own document fails is guessed at",
    by: ["s54"],
    file: "src/server/oauth/discovery.rs",
    from: "self.host)).await?;\n        let endpoint",
    to: "self.host)).await.ok().flatten();\n        let endpoint",
  },
  {
    name: "pictures count as sign-ins",
    by: ["s66"],
    file: "src/server/middleware/limits.rs",
    from: "    if !may_begin(&request) {",
    to: "    if !may_begin(&request) && request.method() == Method::HEAD {",
  },
  {
    name: "any host is ours",
    by: ["s56"],
    file: "src/server/middleware/host.rs",
    from: "host.is_some_and(|host| names(host, &web.public_url))",
    to: "host.is_some_and(|host| names(host, &web.public_url) || !host.is_empty())",
  },
];

const run = (command, args, options = {}) => execFileSync(command, args, { cwd: root, stdio: "pipe", encoding: "utf8", ...options });

function replace({ file, from, to }) {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times, not once: ${from}`);
  writeFileSync(path, parts.join(to));
}

/** The contract tests that fail, by check; throws if the broken tree does not even compile. */
function failing(checks) {
  const args = ["test", "--locked", "-p", "lakefront", "--features", "ssr", "--test", "contract", "--", ...checks];
  const result = spawnSync("cargo", args, { cwd: copy, encoding: "utf8", env: { ...process.env, CARGO_TARGET_DIR: target } });
  if (!/^test result:/m.test(result.stdout)) throw new Error(`the tests did not run:\n${result.stderr.slice(-2_000)}`);
  return [...result.stdout.matchAll(/^test (\S+) \.\.\. FAILED$/gm)].map((match) => match[1]);
}

function restore() {
  run("git", ["checkout", "--quiet", "--", "."], { cwd: copy });
}

const wanted = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ name }) => wanted.length === 0 || wanted.some((text) => name.includes(text)));
if (chosen.length === 0) throw new Error(`no mutation is called so; there are:\n${MUTATIONS.map(({ name }) => name).join("\n")}`);
rmSync(copy, { recursive: true, force: true });
run("git", ["worktree", "prune"]);
run("git", ["worktree", "add", "--detach", "--force", copy, "HEAD"]);
// The second authorization server's packages.
run("ln", ["-s", join(root, "end2end", "node_modules"), join(copy, "end2end", "node_modules")]);
let missed = 0;
try {
  for (const mutation of chosen) {
    for (const change of [mutation, mutation.also, mutation.and]) if (change) replace(change);
    const failed = failing(mutation.by);
    const caught = mutation.by.every((check) => failed.some((test) => test.includes(check)));
    if (!caught) missed += 1;
    console.log(`${caught ? "caught" : "MISSED"}  ${mutation.name}\n        ${failed.join("\n        ") || "no test failed"}`);
    restore();
  }
} finally {
  run("git", ["worktree", "remove", "--force", copy]);
  // What was built from the copy must not pass for a build of this tree.
  run("cargo", ["clean", "-p", "lakefront"], { env: { ...process.env, CARGO_TARGET_DIR: target } });
}
console.log(`${chosen.length - missed} of ${chosen.length} broken protections were noticed`);
process.exit(missed === 0 ? 0 : 1);
