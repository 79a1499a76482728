package main

import (
	"fmt"
	"os"
	"strconv"

	"example.com/words"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, words.Usage)
		os.Exit(2)
	}
	speed, err := strconv.ParseFloat(os.Args[1], 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%.1f kn\n", speed/1.852)
}
