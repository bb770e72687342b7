"""databricks-sql-connector (use_sea=True) against a local workspace: `connector.py READY`, as for sdk.py."""

import datetime
import decimal
import json
import sys
import threading
import time
import urllib.parse

from databricks import sql
from databricks.sql.exc import ServerOperationError

ready = json.loads(sys.argv[1])
HOST = urllib.parse.urlsplit(ready["host"])
TRIPS = "samples.nyctaxi.trips"


def connect(**more):
    return sql.connect(
        server_hostname=f"http://{HOST.hostname}",
        _port=HOST.port,
        http_path=f"/sql/1.0/warehouses/{ready['warehouse_id']}",
        access_token=ready["personal_tokens"]["ada"],
        use_sea=True,
        enable_telemetry=False,
        **more,
    )


def values(cursor):
    cursor.execute(
        "SELECT 7 AS a, CAST(2.5 AS DECIMAL(10, 2)) AS b, DATE '2016-02-29' AS c, NULL AS d, 'x' AS e, :p AS f", {"p": 5}
    )
    row = cursor.fetchall()[0]
    assert (row.a, row.b, row.c) == (7, decimal.Decimal("2.50"), datetime.date(2016, 2, 29)), row
    assert row.d is None and (row.e, row.f) == ("x", 5), row
    assert [column[0] for column in cursor.description] == ["a", "b", "c", "d", "e", "f"]


def fetching(cursor):
    cursor.execute(f"SELECT * FROM {TRIPS}")
    assert len(cursor.fetchall()) == 21_932
    # Three chunks, fetched by threads through links.
    cursor.execute(f"SELECT t.* FROM {TRIPS} t CROSS JOIN samples.tpch.nation n")
    rows = 0
    while (table := cursor.fetchmany_arrow(100_000)).num_rows:
        assert "fare_amount" in table.column_names
        rows += table.num_rows
    assert rows == 21_932 * 25, rows


def canceling(cursor):
    endless = f"SELECT sum(a.fare_amount * b.fare_amount * c.fare_amount) FROM {TRIPS} a, {TRIPS} b, {TRIPS} c"
    cursor.execute_async(endless)
    assert cursor.is_query_pending()
    cursor.cancel()
    assert cursor.get_query_state().name == "CANCELLED", cursor.get_query_state()

    # While another thread waits in execute(): the cursor knows the statement once the first answer has come.
    earlier = cursor.active_command_id

    def cancel_when_known():
        while cursor.active_command_id is earlier:
            time.sleep(0.05)
        cursor.cancel()

    threading.Thread(target=cancel_when_known, daemon=True).start()
    try:
        cursor.execute(endless)
        cursor.fetchall()
    except Exception:  # what it raises for a canceled statement differs by version
        pass
    else:
        raise AssertionError("a canceled statement has no rows")


def failing(cursor):
    try:
        cursor.execute("SELECT nonsense")
    except ServerOperationError as error:
        assert "UNRESOLVED_COLUMN" in str(error)
    else:
        raise AssertionError("a wrong statement is an error")


with connect() as connection, connection.cursor() as cursor:
    values(cursor)
    fetching(cursor)
    canceling(cursor)
    failing(cursor)
    assert "samples" in {row[0] for row in cursor.catalogs().fetchall()}
with connect(use_cloud_fetch=False, catalog="samples", schema="tpch") as connection, connection.cursor() as cursor:
    cursor.execute("SELECT count(*) AS n FROM nation")
    assert int(cursor.fetchall()[0].n) == 25
print("databricks-sql-connector is content")
