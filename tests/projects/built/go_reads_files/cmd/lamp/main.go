package main

import (
	_ "embed"
	"os"
	"time"
)

//go:embed first.txt
var first string

func main() {
	if _, err := time.LoadLocation("Europe/Oslo"); err != nil {
		panic(err)
	}
	second, err := os.ReadFile("words/second.txt")
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(first + string(second))
}
