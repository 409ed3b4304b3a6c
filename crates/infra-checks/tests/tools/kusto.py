"""Runs queries over lines of the log, by an engine for Kusto's language on DuckDB.

Standard input: {"time": seconds since 1970, "lines": [object], "queries": [{"name": …, "text": …}]}. Every line arrived at that time.
Standard output: {name: [row]}, the rows as texts, sorted; or {name: {"problem": text}}.
"""

import datetime
import json
import sys

import duckdb_kql

given = json.load(sys.stdin)
time = datetime.datetime.fromtimestamp(given["time"], datetime.timezone.utc).replace(tzinfo=None)
properties = json.dumps({"Category": "Host.Function.Console"})
workspace = duckdb_kql.connect()
workspace.sql(
    "CREATE TABLE AppTraces(TimeGenerated TIMESTAMP, Message VARCHAR, Properties JSON, AppRoleInstance VARCHAR)"
)
for line in given["lines"]:
    # One policy for each instance, so that none has two at one time.
    row = [time, json.dumps(line), properties, line.get("policy", "instance")]
    workspace.execute("INSERT INTO AppTraces VALUES (?, ?, ?, ?)", row)

results = {}
for query in given["queries"]:
    try:
        rows = duckdb_kql.kql(workspace, query["text"]).fetchall()
        results[query["name"]] = sorted(str(row) for row in rows)
    except duckdb_kql.KqlError as error:
        results[query["name"]] = {"problem": str(error)}
json.dump(results, sys.stdout)
