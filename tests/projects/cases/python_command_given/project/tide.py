print('flood')
