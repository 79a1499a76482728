KNOTS = ("bowline", "clove hitch", "sheet bend")
