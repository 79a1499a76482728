import sqlite3

with sqlite3.connect("catalogue.db") as connection:
    connection.executemany("insert into charts (title) values (?)", [("Bay of Biscay",), ("Ria de Bilbao",)])
