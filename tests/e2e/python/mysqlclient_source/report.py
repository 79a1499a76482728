"""Sales report over HTTP; answers with the client library's version when the database is away."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import MySQLdb


def report():
    try:
        connection = MySQLdb.connect(
            host=os.environ.get("DB_HOST", "127.0.0.1"), user="report", passwd="report", db="sales", connect_timeout=2
        )
    except MySQLdb.OperationalError as error:
        return {"client": MySQLdb.get_client_info(), "database": error.args[0]}
    cursor = connection.cursor()
    cursor.execute("select sum(amount) from sales")
    return {"client": MySQLdb.get_client_info(), "total": cursor.fetchone()[0]}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(report()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
