// The command line: the same option names as the local workspace's, as far as they apply here.

import { parseArgs } from "node:util";

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

function seconds(text) {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (!unit) throw new Error(`'${text}' is not a duration: write 20s, 15m, 1h or 7d`);
  return Number(number) * UNITS[unit];
}

export function readOptions(args) {
  const text = (value) => ({ type: "string", default: value });
  const { values } = parseArgs({
    args,
    options: {
      listen: text("127.0.0.1:0"),
      "redirect-uri": text("http://localhost:5173/token"),
      "client-id": text("8484c0de-0000-4000-8000-000000000002"),
      "client-secret": { type: "string" },
      "access-ttl": text("1h"),
      "refresh-ttl": text("7d"),
      "no-host-config": { type: "boolean", default: false },
    },
  });
  const [host, port] = values.listen.split(":");
  if (host !== "127.0.0.1" && host !== "localhost") throw new Error("listens on loopback only");
  if (!values["client-secret"]) throw new Error("--client-secret is missing");
  return {
    host,
    port: Number(port),
    redirectUri: values["redirect-uri"],
    clientId: values["client-id"],
    clientSecret: values["client-secret"],
    accessTtl: seconds(values["access-ttl"]),
    refreshTtl: seconds(values["refresh-ttl"]),
    hostConfig: !values["no-host-config"],
  };
}
