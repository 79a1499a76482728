module example.com/lamp/v2

go 1.22.3

toolchain go1.23.1

require github.com/go-chi/chi/v5 v5.1.0
