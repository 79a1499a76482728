from setuptools import setup

setup(name='chart', py_modules=['chart'])
