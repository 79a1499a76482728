"""A small FastAPI service: the sample that lightship's documentation and tests measure."""

from fastapi import FastAPI, HTTPException

app = FastAPI(title="fastapi-app", version="1.0.0")

ITEMS = {
    1: {"name": "anchor", "kilograms": 1200},
    2: {"name": "lantern", "kilograms": 35},
    3: {"name": "rope", "kilograms": 80},
}


@app.get("/")
def root() -> dict[str, str]:
    return {"service": "fastapi-app", "message": "hello"}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/items/{item_id}")
def item(item_id: int) -> dict[str, int | str]:
    if item_id not in ITEMS:
        raise HTTPException(status_code=404, detail=f"no item {item_id}")
    return {"id": item_id, **ITEMS[item_id]}


@app.get("/report")
def report() -> dict[str, int | str]:
    # Imported when first asked for: what only watches the service start never sees that these are needed.
    import sqlite3
    from xml.etree import ElementTree

    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE item (name TEXT, kilograms INTEGER)")
        database.executemany("INSERT INTO item VALUES (:name, :kilograms)", ITEMS.values())
        count, total = database.execute("SELECT count(*), sum(kilograms) FROM item").fetchone()
    summary = ElementTree.Element("report", count=str(count))
    return {"count": count, "kilograms": total, "xml": ElementTree.tostring(summary, encoding="unicode")}
