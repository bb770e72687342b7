/** Lays out SQL. Loaded when somebody asks for it: it is larger than the editor's own part of the page. */
import { formatDialect, spark } from "sql-formatter";

export function formatted(sql: string): string {
  return formatDialect(sql, { dialect: spark, keywordCase: "upper", tabWidth: 2, linesBetweenQueries: 1, paramTypes: { named: [":"] } });
}
