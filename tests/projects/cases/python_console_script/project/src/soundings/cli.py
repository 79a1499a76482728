def main():
    print('7 fathoms')
