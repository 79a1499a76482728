package main

// #cgo pkg-config: vips
// #cgo LDFLAGS: -lm
// #include <vips/vips.h>
import "C"

func main() {}
