import argparse
import sys

from rich.console import Console

parser = argparse.ArgumentParser(prog="tally", description="Adds up what it is given.")
parser.add_argument("numbers", type=int, nargs="*")
parser.add_argument("--limit", type=int, default=100)
options = parser.parse_args()

total = sum(options.numbers)
Console().print(f"[bold]total[/bold] {total}")
if total > options.limit:
    Console(stderr=True).print("over the limit")
    sys.exit(4)
