"""databricks-sdk against a local workspace: `sdk.py READY`, where READY is the line that `serve` prints, as JSON."""

import json
import sys
import urllib.parse
import urllib.request

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.oauth import OAuthClient
from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    Format,
    StatementParameterListItem,
    StatementState,
)

ready = json.loads(sys.argv[1])
HOST, WAREHOUSE = ready["host"], ready["warehouse_id"]
REDIRECT = "http://localhost:8020/callback"
MANY = "SELECT t.trip_distance FROM samples.nyctaxi.trips t CROSS JOIN samples.tpch.region r"
MANY_ROWS = 21_932 * 5


class Browser(urllib.request.HTTPRedirectHandler):
    """Shows the sign-in page, presses a button, and stops at the app's own address."""

    def redirect_request(self, request, fp, code, msg, headers, newurl):
        return None

    def choose(self, url, user):
        page = urllib.request.urlopen(url).read().decode()
        assert f'value="{user}"' in page, "the sign-in page offers the user"
        form = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)) | {"local_user": user}
        body = urllib.parse.urlencode(form).encode()
        try:
            urllib.request.build_opener(self).open(url.split("?")[0], body)
        except urllib.error.HTTPError as answer:
            assert answer.code == 303, answer.code
            location = answer.headers["location"]
            assert location.startswith(REDIRECT), location
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        raise AssertionError("no redirect")


def oauth_client():
    return OAuthClient.from_host(
        HOST, ready["client_id"], REDIRECT, client_secret=ready["client_secret"], scopes=["all-apis", "offline_access"]
    )


def signed_in(user):
    oauth = oauth_client()
    consent = oauth.initiate_consent()
    credentials = consent.exchange_callback_parameters(Browser().choose(consent.authorization_url, user))
    token = credentials.token()
    assert token.refresh_token and token.valid
    renewed = credentials.refresh()
    assert renewed.access_token != token.access_token and renewed.refresh_token != token.refresh_token
    return WorkspaceClient(host=HOST, token=renewed.access_token)


def denied():
    consent = oauth_client().initiate_consent()
    # The Deny button carries no user.
    answer = Browser().choose(consent.authorization_url, "")
    assert "code" not in answer, answer
    try:
        consent.exchange_callback_parameters(answer)
    except ValueError as error:
        assert "access_denied" in str(error)
    else:
        raise AssertionError("a denial is an error")


def identity(client, user):
    me = client.current_user.me()
    assert me.user_name == f"{user}@example.com", me
    assert {group.display for group in me.groups} >= {"users"}


def personal_token():
    client = WorkspaceClient(host=HOST, token=ready["personal_tokens"]["ada"])
    identity(client, "ada")
    made = client.tokens.create(comment="witness", lifetime_seconds=600)
    identity(WorkspaceClient(host=HOST, token=made.token_value), "ada")
    assert sorted(info.comment for info in client.tokens.list()) == ["", "witness"]
    client.tokens.delete(made.token_info.token_id)
    try:
        WorkspaceClient(host=HOST, token=made.token_value).current_user.me()
    except PermissionDenied:
        return client
    raise AssertionError("a deleted token still works")


def warehouses(ada, bob):
    assert len(list(ada.warehouses.list())) == 3 and len(list(bob.warehouses.list())) == 2
    assert bob.warehouses.get(WAREHOUSE).name == "Starter Warehouse"
    ada.warehouses.stop(WAREHOUSE).result()
    assert ada.warehouses.start(WAREHOUSE).result().state.value == "RUNNING"
    try:
        bob.warehouses.get("84840000c0ffee03")
    except PermissionDenied:
        return
    raise AssertionError("bob may not use that warehouse")


def statements(client):
    api = client.statement_execution
    parameters = [StatementParameterListItem(name="n", value="41", type="INT")]
    answer = api.execute_statement("SELECT :n + 1 AS n", WAREHOUSE, parameters=parameters)
    assert answer.status.state == StatementState.SUCCEEDED and answer.result.data_array == [["42"]], answer

    answer = api.execute_statement(MANY, WAREHOUSE, wait_timeout="50s")
    part, rows = answer.result, len(answer.result.data_array)
    while part.next_chunk_index is not None:
        part = api.get_statement_result_chunk_n(answer.statement_id, part.next_chunk_index)
        rows += len(part.data_array)
    assert answer.manifest.total_chunk_count == 4 and rows == MANY_ROWS == answer.manifest.total_row_count, rows

    answer = api.execute_statement(
        MANY, WAREHOUSE, wait_timeout="50s", disposition=Disposition.EXTERNAL_LINKS, format=Format.CSV
    )
    link = answer.result.external_links[0]
    lines = urllib.request.urlopen(link.external_link).read().decode().splitlines()
    assert lines[0] == "trip_distance" and len(lines) == link.row_count + 1 == MANY_ROWS + 1, len(lines)

    limited = api.execute_statement(MANY, WAREHOUSE, row_limit=7)
    assert limited.manifest.truncated and limited.manifest.total_row_count == 7

    wrong = api.execute_statement("SELECT nonsense", WAREHOUSE)
    assert wrong.status.state == StatementState.FAILED and "UNRESOLVED_COLUMN" in wrong.status.error.message

    endless = f"SELECT count(*) FROM ({MANY}) a CROSS JOIN ({MANY}) b CROSS JOIN ({MANY}) c WHERE a.trip_distance + b.trip_distance > c.trip_distance"
    wait = ExecuteStatementRequestOnWaitTimeout.CONTINUE
    running = api.execute_statement(endless, WAREHOUSE, wait_timeout="0s", on_wait_timeout=wait)
    api.cancel_execution(running.statement_id)
    assert api.get_statement(running.statement_id).status.state == StatementState.CANCELED
    try:
        api.get_statement("01efffff-0000-0000-0000-000000000000")
    except NotFound:
        pass
    else:
        raise AssertionError("an unknown statement is not found")
    assert "SELECT nonsense" in {query.query_text for query in client.query_history.list(max_results=100).res}


def catalog(client):
    assert "samples" in {entry.name for entry in client.catalogs.list()}
    assert {"nyctaxi", "tpch"} <= {entry.name for entry in client.schemas.list("samples")}
    tables = {table.name: table for table in client.tables.list("samples", "tpch")}
    assert "orders" in tables
    orders = client.tables.get("samples.tpch.orders")
    assert orders.full_name == "samples.tpch.orders" and "o_orderkey" in {column.name for column in orders.columns}


bob = signed_in("bob")
denied()
identity(bob, "bob")
ada = personal_token()
warehouses(ada, bob)
statements(ada)
catalog(ada)
print("databricks-sdk is content")
