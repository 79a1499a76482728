from shared_words import greet


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [greet(environ["PATH_INFO"].strip("/")).encode()]
