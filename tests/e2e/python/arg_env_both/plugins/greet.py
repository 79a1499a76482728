def hello():
    return "ahoy"
