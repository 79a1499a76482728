"""Draws what it is asked to; where it runs, somebody else says on which port."""

import subprocess

from flask import Flask, Response, request

app = Flask(__name__)


@app.get("/picture")
def picture():
    if "dot" not in request.args:
        return "nothing to draw", 400
    drawn = subprocess.run(["dot", "-Tsvg"], input=request.args["dot"].encode(), stdout=subprocess.PIPE, check=True)
    return Response(drawn.stdout, mimetype="image/svg+xml")
