import datetime

print("tick", datetime.datetime.now(datetime.UTC).isoformat())
