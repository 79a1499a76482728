def main():
    print('moored')
