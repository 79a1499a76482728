module board

go 1.21
