module signal

go 1.21
