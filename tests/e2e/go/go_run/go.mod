module code

go 1.21
