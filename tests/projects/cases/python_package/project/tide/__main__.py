from .core import DEPTH

print(DEPTH)
