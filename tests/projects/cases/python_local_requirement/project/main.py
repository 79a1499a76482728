import chart

if __name__ == "__main__":
    print(chart.DEPTH)
