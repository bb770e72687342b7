/** Lays out SQL. Loaded when somebody asks for it: it is larger than the editor's own part of the page. */
import { formatDialect, spark, type DialectOptions } from "sql-formatter";
import { isComment, markers, tokens } from "./tokens";

/** What Databricks adds to Spark's operators, among them paths into JSON (`payload:date`). */
const databricks: DialectOptions = {
  ...spark,
  name: "databricks",
  tokenizerOptions: {
    ...spark.tokenizerOptions,
    stringTypes: ["''-qq-bs", '""-qq-bs', "$$", { quote: "''-raw", prefixes: ["R", "X"], requirePrefix: true }, { quote: '""-raw', prefixes: ["R", "X"], requirePrefix: true }],
    operators: [...spark.tokenizerOptions.operators ?? [], "::", "?::", "|>", "=>", "<<", ">>", ">>>"],
    propertyAccessOperators: [":"],
  },
  formatOptions: { ...spark.formatOptions, alwaysDenseOperators: ["::", "?::"] },
};
/** A colon behind a name or a bracket is a path, not a parameter. */
const PARAMETER = { regex: "(?<![\\p{L}\\p{N}_`)\\]:]):[A-Za-z_][\\p{L}\\p{N}_]*" };

/** `undefined` when it would say something else than it does: then it is better left as it is. */
export function formatted(sql: string): string | undefined {
  const laidOut = formatDialect(sql, { dialect: databricks, keywordCase: "upper", tabWidth: 2, linesBetweenQueries: 1, paramTypes: { custom: [PARAMETER] } });
  return said(laidOut) === said(sql) ? laidOut : undefined;
}

/** A text without its layout: two that differ in blanks and in the case of words only have the same. */
function said(sql: string): string {
  const all = tokens(sql).map(({ text }) => {
    if (isComment(text)) return text.replace(/\s+/g, " ").trim();
    return /^(?:[rR]?['"]|`|\$\$)/.test(text) ? text : text.toLowerCase();
  });
  return JSON.stringify([all, [...markers(sql)]]);
}
