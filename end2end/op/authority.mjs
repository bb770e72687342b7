// The authorization server itself: npm oidc-provider under Databricks' paths, with single-use refresh tokens. A refresh
// token that comes twice ends everything that its sign-in gave.

import { randomBytes } from "node:crypto";
import Provider, { interactionPolicy } from "oidc-provider";
import { byId } from "./people.mjs";
import { Store } from "./store.mjs";

export const INTERACTION = "/oidc/interaction/";

/** Asks at every sign-in who it is: tests sign several people in with one browser. */
function alwaysAsk() {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  const check = new Check("ask", "the person has to choose", (ctx) =>
    ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
  );
  policy.get("login").checks.add(check);
  return policy;
}

export function makeAuthority(issuer, options) {
  const provider = new Provider(issuer, {
    adapter: Store,
    clockTolerance: 0,
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: [options.redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    clientAuthMethods: ["client_secret_post", "client_secret_basic"],
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    findAccount: (_ctx, id) => byId(id) && { accountId: id, claims: () => ({ sub: byId(id).email }) },
    interactions: { policy: alwaysAsk(), url: (_ctx, interaction) => `${INTERACTION}${interaction.uid}` },
    issueRefreshToken: (_ctx, _client, source) => source.scopes.has("offline_access"),
    pkce: { required: () => true },
    responseTypes: ["code"],
    rotateRefreshToken: true,
    routes: {
      authorization: "/v1/authorize",
      introspection: "/v1/introspect",
      jwks: "/jwks.json",
      revocation: "/v1/revoke",
      token: "/v1/token",
    },
    scopes: ["all-apis", "email", "offline_access", "openid", "profile", "sql"],
    ttl: {
      AccessToken: options.accessTtl,
      AuthorizationCode: 60,
      Grant: options.refreshTtl,
      IdToken: options.accessTtl,
      Interaction: 600,
      RefreshToken: options.refreshTtl,
      Session: 600,
    },
  });
  // Tells the request log what it may know: never more than a name.
  provider.use(async (ctx, next) => {
    try {
      await next();
    } finally {
      const { note } = ctx.req;
      const grantType = ctx.oidc?.params?.grant_type;
      if (["authorization_code", "refresh_token"].includes(grantType)) note.grant_type = grantType;
      note.user = ctx.oidc?.entities?.Account?.accountId ?? note.user;
    }
  });
  return provider;
}
