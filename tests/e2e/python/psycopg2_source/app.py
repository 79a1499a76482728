import os

import psycopg2
import psycopg2.extensions
from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def index():
    return jsonify(driver=psycopg2.__version__.split()[0], libpq=psycopg2.extensions.libpq_version())


@app.get("/orders")
def orders():
    url = os.environ.get("DATABASE_URL", "postgresql://shop@127.0.0.1:5432/shop")
    try:
        with psycopg2.connect(url, connect_timeout=2) as connection, connection.cursor() as cursor:
            cursor.execute("select id, total from orders")
            return jsonify(cursor.fetchall())
    except psycopg2.OperationalError as error:
        return jsonify(error=str(error).strip()), 503
