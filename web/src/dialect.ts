/** The words of Databricks SQL as far as the editor needs them: for colours and for completion. */
import { SQLDialect } from "@codemirror/lang-sql";

export const databricks = SQLDialect.define({
  keywords:
    "select from where group by having order limit offset distinct all as on using join inner left right full outer cross semi anti lateral " +
    "union intersect except minus with recursive case when then else end and or not in exists between like ilike rlike is null " +
    "insert into overwrite values update set delete merge matched create or replace table view schema catalog volume function " +
    "temporary if drop alter add column columns rename to describe detail history extended show catalogs schemas tables views grants " +
    "grant revoke use cache uncache optimize vacuum zorder analyze compute statistics partition partitioned cluster clustered " +
    "over window rows range unbounded preceding following current row qualify pivot unpivot tablesample explain cast try_cast " +
    "interval asc desc nulls first last true false filter within identifier location comment tblproperties constraint primary foreign key references",
  types:
    "bigint binary boolean date decimal double float int integer interval map array struct smallint string timestamp timestamp_ntz tinyint variant void",
  builtin:
    "abs avg coalesce concat count current_date current_timestamp current_user date_add date_format date_sub date_trunc datediff dense_rank " +
    "explode first from_json get_json_object greatest hour lag last lead least length lower max min month months_between named_struct " +
    "nullif nvl percentile percentile_approx rank regexp_extract regexp_replace replace round row_number size split substring sum " +
    "to_date to_json to_timestamp trim unix_timestamp upper year",
  identifierQuotes: "`",
  doubleQuotedStrings: true,
  backslashEscapes: true,
  hashComments: false,
  slashComments: false,
});
