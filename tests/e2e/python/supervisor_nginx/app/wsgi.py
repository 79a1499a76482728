import sys


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"behind nginx, python at {sys.prefix}".encode()]
