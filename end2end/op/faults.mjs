// Lets a fault strike: a made-up answer, a delay, silence, or a connection that breaks in the middle of the body.

import { setTimeout as sleep } from "node:timers/promises";

/** Answers as the rule says; `work` is the real handler. */
export async function injure(rule, res, work) {
  const answer = rule.status === undefined ? undefined : madeUp(rule);
  if (rule.after) {
    await lateAnswer(rule, res, work, answer);
    return;
  }
  if (rule.delay_ms) await sleep(rule.delay_ms);
  if (rule.hang) return;
  if (rule.cut) cutAnswers(res);
  if (answer) write(res, answer);
  else await work();
}

/** The real handler does its work; only its answer is in trouble. */
async function lateAnswer(rule, res, work, answer) {
  const end = res.end.bind(res);
  let kept;
  const written = new Promise((resolve) => {
    res.end = (body, ...rest) => {
      kept = [body, ...rest];
      resolve();
      return res;
    };
  });
  await Promise.all([work(), written]);
  res.end = end;
  if (rule.delay_ms) await sleep(rule.delay_ms);
  if (rule.hang) return;
  if (rule.cut) cutAnswers(res);
  if (answer) write(res, answer);
  else res.end(...kept);
}

function madeUp(rule) {
  const isText = typeof rule.body === "string";
  const body = rule.body === undefined || rule.body === null ? "" : isText ? rule.body : JSON.stringify(rule.body);
  const type = rule.content_type ?? (isText ? "text/plain; charset=utf-8" : "application/json");
  return { status: rule.status, body, headers: { "content-type": type, ...rule.headers } };
}

function write(res, { status, body, headers }) {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  res.end(body);
}

/** Sends the first half of whatever is answered and then breaks the connection. */
function cutAnswers(res) {
  const end = res.end.bind(res);
  res.end = (body = "") => {
    const bytes = Buffer.from(body);
    res.write(bytes.subarray(0, bytes.length / 2), () => res.destroy());
    res.end = end;
    return res;
  };
}
