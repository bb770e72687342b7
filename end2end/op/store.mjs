// Where oidc-provider keeps its grants and tokens: in memory, in a form that the controls can reach into.

const entries = new Map();

const key = (model, id) => `${model}:${id}`;

/** Ends every access token at once, and on request every refresh token. */
export function expireAll(refresh) {
  for (const name of entries.keys()) {
    if (name.startsWith("AccessToken:") || (refresh && name.startsWith("RefreshToken:"))) entries.delete(name);
  }
}

export class Store {
  constructor(model) {
    this.model = model;
  }

  async upsert(id, payload, expiresIn) {
    const ends = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000;
    entries.set(key(this.model, id), { payload, ends });
  }

  async find(id) {
    const entry = entries.get(key(this.model, id));
    return entry && entry.ends > Date.now() ? { ...entry.payload } : undefined;
  }

  async findBy(fits) {
    for (const [name, entry] of entries) {
      if (name.startsWith(`${this.model}:`) && entry.ends > Date.now() && fits(entry.payload)) return { ...entry.payload };
    }
    return undefined;
  }

  findByUid(uid) {
    return this.findBy((payload) => payload.uid === uid);
  }

  findByUserCode(userCode) {
    return this.findBy((payload) => payload.userCode === userCode);
  }

  async consume(id) {
    const entry = entries.get(key(this.model, id));
    if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    entries.delete(key(this.model, id));
  }

  async revokeByGrantId(grantId) {
    for (const [name, entry] of entries) {
      if (name.startsWith(`${this.model}:`) && entry.payload.grantId === grantId) entries.delete(name);
    }
  }
}
