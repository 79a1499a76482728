import rich

if __name__ == "__main__":
    rich.print("ebb")
