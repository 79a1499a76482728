print('ebb')
