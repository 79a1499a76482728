def greet(name):
    return f"ahoy {name or 'all'}"
