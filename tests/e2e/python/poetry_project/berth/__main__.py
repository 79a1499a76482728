import bottle

BERTHS = {"north": True, "south": False}


@bottle.get("/berths/<name>")
def berth(name):
    if name not in BERTHS:
        bottle.abort(404, "no such berth")
    return {"berth": name, "free": BERTHS[name]}


bottle.run(host="0.0.0.0", port=8000)
