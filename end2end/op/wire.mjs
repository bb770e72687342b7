// Reading requests and writing answers.

const MOST_BYTES = 4 * 1024 * 1024;

export async function readBody(req) {
  const parts = [];
  let length = 0;
  for await (const part of req) {
    length += part.length;
    if (length > MOST_BYTES) throw new Error("the request is too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

export const readForm = async (req) => new URLSearchParams(await readBody(req));

export const readJson = async (req) => JSON.parse((await readBody(req)) || "{}");

export function send(res, status, body, contentType) {
  // Not writeHead: a fault may still put another answer in the place of this one.
  res.statusCode = status;
  res.setHeader("content-type", contentType);
  res.setHeader("cache-control", "no-store");
  res.end(body);
}

export const sendJson = (res, status, value) => send(res, status, JSON.stringify(value), "application/json");
